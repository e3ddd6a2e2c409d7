import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PACKAGES_VOLUME } from '../../src/base/layout.ts';
import { packFiles } from '../../src/host/tar.ts';
import { quickly } from '../support/quickly.ts';
import { ct, eventually, inSession, project, startCt, type Done } from './support/ct.ts';
import { openTestEngine } from './support/engine-fixture.ts';

/**
 * Not in the home itself, which another test lists: Podman cleans the store in here up minutes after its last
 * container, and makes it again for that.
 */
const cache = join(realpathSync(process.env['HOME'] ?? '/tmp'), '.cache');
mkdirSync(cache, { recursive: true });
const scratch = mkdtempSync(join(cache, 'ct-image-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** `ct sys init` as another installation, with a configuration of its own. */
function initWith(toml: string): { done: Promise<Done>; logs: () => string[] } {
  const home = mkdtempSync(join(scratch, 'xdg-'));
  mkdirSync(`${home}/config/ct`, { recursive: true, mode: 0o700 });
  writeFileSync(`${home}/config/ct/config.toml`, toml);
  const env = { XDG_CONFIG_HOME: `${home}/config`, XDG_STATE_HOME: `${home}/state` };
  return {
    done: ct(['sys', 'init'], { env }),
    logs: () => readdirSync(`${home}/state/ct/logs`),
  };
}

describe('the image', () => {
  it('has the account, the tools and places that nobody inside can write to', async () => {
    const script = `
      id -un; id -u; id -g; echo "$HOME"
      for tool in bash catatonit curl git less node npm ssh ps rg python3; do
        command -v $tool >/dev/null || echo "no $tool"
      done
      for path in / /usr/libexec/ct/entry /projects /opt/ct/packages /opt/ct /usr/bin; do
        [ -w "$path" ] && echo "$path is writable"
      done
      stat -c '%U:%G %a' /usr/libexec/ct/entry
      ls /var/lib/apt/lists /etc/apt/apt.conf.d | grep -c mmdebstrap`;
    const { stdout } = await inSession(script);
    expect(stdout.toString()).toBe('ct\n1000\n1000\n/home/ct\nroot:root 755\n0\n');
  });

  it('is found and not built again', async () => {
    await quickly(5000, async () => {
      const { status, stderr } = await ct(['sys', 'init']);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stderr).not.toMatch(/building|preparing|installing/u);
    });
  });

  it('does not come out of a stream that breaks off', async () => {
    const engine = await openTestEngine();
    const reference = `localhost/ct/broken:${randomBytes(6).toString('hex')}`;
    const whole = await buffer(packFiles({ 'etc/passwd': 'x'.repeat(100_000) }));
    const broken = Readable.from(
      (async function* () {
        yield whole.subarray(0, 50_000);
        throw new Error('mmdebstrap failed');
      })(),
      { objectMode: false },
    );
    await expect(engine.images.importRootfs(broken, reference, {})).rejects.toThrow();
    expect(await engine.images.inspect(reference)).toBeUndefined();
    await engine.close();
  });
});

describe('without a base image', () => {
  it('an unreachable registry is named, with the ways around it', async () => {
    const toml = '[image]\nsource = "registry"\nregistry = "localhost:9/none/none:1"\n';
    const { done, logs } = initWith(toml);
    const { status, stderr, stdout } = await done;
    expect(status).toBe(125);
    expect(stderr).toContain('localhost:9/none/none:1');
    expect(stderr).toContain('[image] source = "bootstrap"');
    expect(stdout.toString()).toBe('');
    expect(logs()).toEqual([expect.stringMatching(/^image_[\d-]+_[\d-]+\.log$/u)]);
  });

  it('an archive that is none is named', async () => {
    writeFileSync(`${scratch}/notes.tar`, 'no archive');
    const toml = `[image]\nsource = "archive"\narchive = "${scratch}/notes.tar"\n`;
    const { status, stderr } = await initWith(toml).done;
    expect(status).toBe(125);
    expect(stderr).toContain(`there is no image in ${scratch}/notes.tar`);
  });

  it('a missing archive is named', async () => {
    const toml = `[image]\nsource = "archive"\narchive = "${scratch}/none.tar"\n`;
    const { status, stderr } = await initWith(toml).done;
    expect(status).toBe(125);
    expect(stderr).toContain('none.tar');
    expect(stderr).toContain('no such file');
  });
});

describe('on a full disk', () => {
  let service: ChildProcess | undefined;
  afterEach(() => {
    service?.kill('SIGTERM');
  });

  it('says that it is full, and leaves no image behind', async () => {
    const { socket, graph } = startSmallEngine();
    await eventually('a podman with little space', () => isSocket(socket));
    // Random bytes: storage must not be able to squeeze them.
    const noise = randomBytes(48 * 1024 * 1024).toString('latin1');
    writeFileSync(
      `${scratch}/large.tar`,
      await buffer(packFiles({ 'etc/passwd': '', 'usr/bin/large': noise })),
    );
    const toml = `[engine]\nsocket = "${socket}"\n[image]\nsource = "archive"\narchive = "${scratch}/large.tar"\n`;
    const { status, stderr } = await initWith(toml).done;
    expect(status).toBe(125);
    expect(stderr).toContain('no space left on device');
    expect(stderr).toMatch(/free (?:about .* )?space/u);
    const list = ['-s', '--unix-socket', socket, 'http://d/v4.0.0/libpod/images/json?all=true'];
    expect(spawnSync('curl', list, { encoding: 'utf8' }).stdout.trim()).toBe('[]');
    expect(graph).toBeTruthy();
  });

  /**
   * Podman with its storage on a tmpfs of 40 MB, in a mount namespace of its own. It wants no more than fifty
   * characters for where it keeps what runs.
   */
  function startSmallEngine(): { socket: string; graph: string } {
    const runtime = process.env['XDG_RUNTIME_DIR'] ?? '';
    const socket = `${runtime}/small.sock`;
    const graph = `${scratch}/small`;
    mkdirSync(graph, { recursive: true });
    rmSync(socket, { force: true });
    const script = `mount -t tmpfs -o size=40m tmpfs "$1" &&
      exec podman --root "$1/root" --runroot "$2" --storage-driver overlay \\
        system service --time=120 "unix://$3"`;
    const words = [graph, `${runtime}/small-run`, socket];
    service = spawn('podman', ['unshare', 'sh', '-c', script, 'sh', ...words], {
      stdio: 'ignore',
    });
    return { socket, graph };
  }
});

describe('an agent', () => {
  const AGENT_DIR = 'gemini';

  async function agentDir(): Promise<string> {
    const engine = await openTestEngine();
    const volume = await engine.volumes.inspect(PACKAGES_VOLUME);
    await engine.close();
    return `${volume?.path ?? ''}/${AGENT_DIR}`;
  }

  const names = (path: string): string[] => readdirSync(path).sort();

  it('is installed by a run whose first try was killed', async () => {
    const version = await ct(['run', AGENT_DIR, '--version']);
    expect(version).toMatchObject({ status: 0 });
    const dir = await agentDir();
    expect(lstatSync(dir).uid).toBe(process.getuid?.());
    rmSync(`${dir}/current`);

    const killed = startCt(['run', AGENT_DIR, '--version'], { input: '' });
    await eventually('an installation under way', () =>
      names(dir).some((n) => n.startsWith('.staging-')),
    );
    killed.kill('SIGKILL');
    await killed.finished;

    const again = await ct(['run', AGENT_DIR, '--version']);
    expect(again.stderr).not.toContain('error');
    expect(again, again.stderr).toMatchObject({ status: 0, stdout: version.stdout });
    expect(names(dir)).toContain('current');
  });

  it('leaves npm settings of the host nowhere when it is done', async () => {
    const lent = `${process.env['XDG_RUNTIME_DIR'] ?? ''}/ct`;
    const left = readdirSync(lent).filter((name) => name.startsWith('lent-install-'));
    expect(left.flatMap((name) => readFileSync(`${lent}/${name}/npmrc`, 'utf8'))).toEqual([]);
  });

  it('is read-only in a session', async () => {
    const { stdout, stderr } = await inSession('echo x >/opt/ct/packages/x; echo $?', {
      cwd: project(),
    });
    expect(stdout.toString()).not.toBe('0\n');
    expect(stderr).toMatch(/Read-only|denied/u);
  });
});

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}
