import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CtError } from '../../base/errors.ts';
import { UNLIMITED } from '../../sandbox/limits.ts';
import type { Mount, SandboxSpec } from '../../sandbox/spec.ts';
import type { BuildGround } from './build.ts';
import { createOn } from './containers.ts';
import type { Step } from './containerfile.ts';
import { removeContainer } from './lifecycle.ts';
import { attachContainer, initContainer, startContainer, waitTask } from './tasks.ts';

/** Where a step sees the context that it copies from. */
const CONTEXT = '/run/ct-build-context';

/**
 * What root of a build may do in its own user namespace: install packages, which means files of other
 * accounts. Nothing of it reaches outside the subordinate ids.
 */
const BUILD_CAPABILITIES = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETFCAP'],
  ...['CAP_SETGID', 'CAP_SETPCAP', 'CAP_SETUID', 'CAP_SYS_CHROOT'],
];

/** cp(1) as COPY means it: a target with a slash at its end is a directory. */
const COPY = `set -e
target=$1
shift
case $target in
*/) mkdir -p -- "$target" ;;
*) mkdir -p -- "$(dirname -- "$target")" ;;
esac
exec cp -r -- "$@" "$target"`;

/**
 * Runs one step of a build as root in a container on the layer that is built, with the host's network.
 *
 * Errors: failed_precondition with the step and its exit status · canceled
 */
export async function runStep(step: Step, ground: BuildGround): Promise<void> {
  const { backend, key, lease, options } = ground;
  const id = `ct-step-${randomBytes(6).toString('hex')}`;
  const line = step.kind === 'run' ? step.line : `COPY ${step.sources.join(' ')} ${step.target}`;
  options.signal?.throwIfAborted();
  const stop = (): void => void removeContainer(backend, id).catch(() => undefined);
  try {
    const spec = { name: id, labels: {}, autoRemove: false, sandbox: stepSandbox(step, ground) };
    await createOn(backend, spec, { key, lease, imageId: '' });
    await initContainer(backend, id, options.signal);
    const streams = await attachContainer(backend, id, {
      stdin: false,
      terminal: false,
      fresh: true,
    });
    const told = [streams.stdout, streams.stderr].map((output) => tell(output, options.onProgress));
    options.signal?.addEventListener('abort', stop, { once: true });
    await startContainer(backend, id, options.signal);
    const status = await waitTask(backend, id);
    await Promise.all(told);
    options.signal?.throwIfAborted();
    if (status !== 0) {
      throw new CtError(
        'failed_precondition',
        `cannot build the image: the step "${line}" failed: exit status ${status}`,
      );
    }
  } catch (thrown) {
    if (options.signal?.aborted !== true) throw thrown;
    throw new CtError('canceled', 'stopped: build the image', { cause: options.signal.reason });
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await removeContainer(backend, id);
  }
}

async function tell(
  output: Readable | undefined,
  onProgress: ((line: string) => void) | undefined,
): Promise<void> {
  if (output === undefined) return;
  for await (const line of createInterface({ input: output })) onProgress?.(line);
}

function stepSandbox(step: Step, { kept, contextDir }: BuildGround): SandboxSpec {
  const isRun = step.kind === 'run';
  return {
    image: '',
    args: isRun
      ? ['/bin/sh', '-c', step.command]
      : ['/bin/sh', '-c', COPY, 'copy', step.target, ...step.sources.map(inContext)],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      ...(isRun ? step.env : {}),
    },
    cwd: isRun ? step.cwd : '/',
    user: { uid: 0, gid: 0 },
    terminal: false,
    stdin: false,
    hostname: 'ct-build',
    userns: { kind: 'keep-id', ...kept },
    // Without one, /etc/resolv.conf is the image's own and can be copied over.
    network: { kind: isRun ? 'host' : 'none' },
    mounts: isRun
      ? step.mounts.map(({ source, target }) => lend(contextDir, source, target))
      : [lend(contextDir, '', CONTEXT)],
    capabilities: BUILD_CAPABILITIES,
    noNewPrivileges: false,
    readOnlyRoot: false,
    // Package scripts make accounts and devices; what they may do is bounded by the user namespace.
    seccomp: undefined,
    limits: UNLIMITED,
  };
}

function inContext(source: string): string {
  return `${CONTEXT}/${source.replace(/^(?:\.?\/)+/u, '')}`;
}

function lend(contextDir: string, source: string, target: string): Mount {
  const path = source === '' || source === '.' ? contextDir : `${contextDir}/${source}`;
  return { kind: 'bind', source: path, target, readOnly: true };
}
