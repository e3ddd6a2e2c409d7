import { describe, expect, it } from 'vitest';
import { CtError } from '../../../src/base/errors.ts';
import { engineError, failureText, transportError } from '../../../src/engine/podman/errors.ts';

/** status, text as Podman said it, code of ours, a word of the hint or of the message */
const SAID: readonly (readonly [number, string, string, string])[] = [
  [500, 'localhost/ct/nope:t: image not known', 'not_found', 'nope'],
  [404, 'localhost/x: image not known', 'not_found', ''],
  [
    500,
    "failed to connect to container's attach socket: /x/attach: dial unixpacket /proc/self/fd/37: connect: connection refused",
    'failed_precondition',
    'conmon',
  ],
  [404, 'no container with name or ID "x" found: no such container', 'not_found', ''],
  [
    503,
    'level=error msg="invalid internal status, try resetting the pause process with \\"podman system migrate\\": could not find any running process: no such process"',
    'failed_precondition',
    'podman system migrate',
  ],
  [
    500,
    'creating container storage: the container name "a" is already in use by 17. You have to remove that container to be able to reuse that name: that name is already in use',
    'already_exists',
    '',
  ],
  [500, 'volume with name v already exists: volume already exists', 'already_exists', ''],
  [
    500,
    'writing blob: adding layer: processing tar file(write /usr/bin/x: no space left on device): exit status 1',
    'resource_exhausted',
    'df -h',
  ],
  [
    500,
    'crun: openat2 `projects/p`: Permission denied: OCI permission denied',
    'failed_precondition',
    'chmod o+x',
  ],
  [
    500,
    'runc: container_linux.go: error mounting "/net/p" to rootfs at "/projects/p": stat /net/p: permission denied: OCI permission denied',
    'failed_precondition',
    'chmod o+x',
  ],
  [
    500,
    'crun: cgroups in hybrid mode not supported, drop all controllers from cgroupv2: OCI runtime error',
    'failed_precondition',
    'runc',
  ],
  [
    500,
    'cannot find UID/GID for user ct: no subuid ranges found for user "ct" in /etc/subuid',
    'failed_precondition',
    'podman system migrate',
  ],
  [
    500,
    'command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
    'failed_precondition',
    'uidmap',
  ],
  [
    500,
    'writing blob: adding layer: potentially insufficient UIDs or GIDs available in user namespace (requested 0:42 for /etc/gshadow): Check /etc/subuid and /etc/subgid',
    'failed_precondition',
    'podman system migrate',
  ],
  [
    500,
    'runc: runc create failed: unable to start container process: exec: "/bin/nope": stat /bin/nope: no such file or directory: OCI runtime attempted to invoke a command that was not found',
    'not_found',
    '',
  ],
  [
    500,
    'runc: runc create failed: exec: "/etc/passwd": permission denied: OCI permission denied',
    'permission_denied',
    '',
  ],
  [500, 'statfs /home/x/gone: no such file or directory', 'not_found', 'mounted'],
  [
    500,
    'runc: runc create failed: error mounting "/dev" to rootfs at "/x": mount: invalid argument: OCI runtime error',
    'failed_precondition',
    'read-only',
  ],
  [
    500,
    'can only kill running containers. 1 is in state exited: container state improper',
    'failed_precondition',
    '',
  ],
  [
    200,
    'initializing source docker://debian: pinging container registry registry-1.docker.io: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    'unavailable',
    'proxy',
  ],
  [
    200,
    'initializing source docker://x/y:z: reading manifest z in x/y: unauthorized: authentication required',
    'unauthenticated',
    'podman login',
  ],
  [
    200,
    'initializing source docker://x/y:z: reading manifest z in x/y: manifest unknown',
    'not_found',
    '',
  ],
  [500, 'decode(): json: cannot unmarshal number into Go struct field', 'internal', ''],
  [409, 'something else', 'failed_precondition', ''],
  [400, 'something else', 'invalid_argument', ''],
  [501, 'something else', 'unsupported', ''],
  [500, 'something else', 'failed_precondition', 'something else'],
];

describe('engineError', () => {
  it.each(SAID)('knows %i %s', (status, text, code, word) => {
    const error = engineError('do it', { status, text });
    expect(error.code).toBe(code);
    expect(error.message.startsWith('cannot do it: ')).toBe(true);
    expect(`${error.message} ${error.hint ?? ''}`).toContain(word);
  });

  it('gives the exit status that a shell would', () => {
    const text = 'OCI runtime attempted to invoke a command that was not found';
    expect(engineError('x', { status: 500, text }).details['exitStatus']).toBe(127);
  });

  it('lets no control character of an image or a registry through', () => {
    const { message } = engineError('run \u001b[2J', {
      status: 500,
      text: 'bad\u001b]0;x\u0007\nnext',
    });
    // eslint-disable-next-line no-control-regex -- this is what it looks for
    expect(message).not.toMatch(/[\u0000-\u001f]/u);
  });

  it('does not fill the screen', () => {
    expect(
      engineError('x', { status: 500, text: 'y'.repeat(100_000) }).message.length,
    ).toBeLessThan(700);
  });
});

describe('failureText', () => {
  it.each([
    ['{"cause":"c","message":"m: c","response":500}', 'm: c'],
    ['{"cause":"root","message":"m","response":500}', 'm: root'],
    ['plain words\n', 'plain words'],
    ['', 'the engine gave no reason'],
  ])('reads %s', (body, text) => {
    expect(failureText(body)).toBe(text);
  });
});

describe('transportError', () => {
  it.each([
    ['UND_ERR_SOCKET', 'unavailable'],
    ['ECONNRESET', 'unavailable'],
    ['UND_ERR_HEADERS_TIMEOUT', 'deadline_exceeded'],
  ])('translates %s', (code, ours) => {
    const thrown = Object.assign(new Error('other side closed'), { code });
    expect(transportError('do it', thrown).code).toBe(ours);
  });

  it('keeps our own errors, and says canceled when the caller stopped', () => {
    const own = new CtError('unsupported', 'x');
    expect(transportError('do it', own)).toBe(own);
    const abort = new AbortController();
    abort.abort();
    expect(transportError('do it', new Error('aborted'), abort.signal).code).toBe('canceled');
  });
});
