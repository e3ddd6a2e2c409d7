import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ct, project } from '../integration/support/ct.ts';
import { NFS_HOME, engineOnNfs, nfsHome, type EngineOnNfs } from './support/nfs.ts';
import { bootId, leftBehind } from './support/reboot.ts';
import { enforce, labelOf } from './support/selinux.ts';
import { WRITTEN, measured } from './support/session.ts';

/** The same machine after it was reset while sessions ran: see first-boot.test.ts. */
describe('after a power cut in the middle of sessions', () => {
  const left = leftBehind();

  it('what they held in their projects is still there', () => {
    expect(bootId()).not.toBe(left.bootId);
    for (const { path } of left.projects) expect(readdirSync(path)).toContain('.vscode');
  });

  it('the next command gives the projects back as they were, and no container is left', async () => {
    expect(await measured()).toEqual([]);
    // Podman 5 may have removed them by itself when it was first asked.
    expect(execFileSync('podman', ['ps', '-aq'], { encoding: 'utf8' })).toBe('');
    for (const { path, names } of left.projects) {
      expect(readdirSync(path).filter((name) => !WRITTEN.includes(name))).toEqual(names);
    }
  });

  it('a session runs in the same project as if nothing had been', async () => {
    const cwd = left.projects.at(-1)?.path ?? '';
    const done = await ct(['run', '-m', '256MiB', 'shell', '-c', 'cat begun'], { cwd });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout.toString()).toBe('begun\n');
    expect(readdirSync(cwd)).toEqual(['begun']);
  });
});

describe('a home on NFS', () => {
  let cwd: string;
  let engine: EngineOnNfs;

  beforeAll(async () => {
    await nfsHome();
    cwd = mkdtempSync(join(NFS_HOME, 'p-'));
    // The server knows nothing of the ids that mount something in it: they must find their way through.
    chmodSync(cwd, 0o711);
    engine = await engineOnNfs();
  });

  afterAll(() => engine.service.kill());

  it('may hold projects and homes of agents, while containers are stored on a disk', async () => {
    const script = 'echo written > made; echo kept > ~/kept; stat -c %u made';
    const env = { HOME: NFS_HOME };
    const done = await ct(['run', '-n', 'offline', 'shell', '-c', script], { cwd, env });
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout.toString()).toBe('1000\n');
    expect(readdirSync(cwd)).toEqual(['made']);
    expect(statSync(join(cwd, 'made')).uid).toBe(process.getuid?.());
    const kept = join(NFS_HOME, '.local/share/ct/homes/shell/kept');
    expect(readFileSync(kept, 'utf8')).toBe('kept\n');
  });

  it('holds no containers: the doctor and a run say so, with the remedy', async () => {
    const names = readdirSync(cwd);
    const run = { cwd, env: { HOME: NFS_HOME, CONTAINER_HOST: engine.url } };
    const remedy = 'point graphroot of ~/.config/containers/storage.conf';
    // At once: the machine has two processors, and each takes half a minute.
    const [doctor, refused] = await Promise.all([
      ct(['sys', 'doctor'], run),
      ct(['run', 'shell', '-c', 'true'], run),
    ]);
    const report = doctor.stdout.toString();
    expect(report).toMatch(/^FAIL +Home directory +containers are stored on NFS/mu);
    expect(report).toContain(remedy);
    expect(refused.stderr).toContain(
      `the engine stores containers on NFS (${NFS_HOME}/.local/share/containers/storage)`,
    );
    expect(refused.stderr).toContain(remedy);
    expect(refused.status).toBe(125);
    expect(readdirSync(cwd)).toEqual(names);
  });
});

describe('where SELinux is enforcing', () => {
  const home = process.env['HOME'] ?? '';
  const shared = 'system_u:object_r:container_file_t:s0';
  const cwd = project();
  const unlabelled = project();

  beforeAll(async () => {
    for (const path of [cwd, unlabelled]) writeFileSync(join(path, 'there'), 'hello\n');
    mkdirSync(join(home, '.config/git'), { recursive: true });
    writeFileSync(join(home, '.config/git/ignore'), '*.swp\n');
    await enforce();
  });

  it('labels a project for the agent, who reads and writes there, and leaves the home above', async () => {
    expect(readFileSync('/sys/fs/selinux/enforce', 'utf8')).toBe('1');
    const script = [
      'tr -d "\\0" < /proc/self/attr/current; echo',
      'cat there /run/git-ignore; echo written > made; stat -c %C made',
    ];
    const done = await ct(['run', '-n', 'offline', 'shell', '-c', script.join('\n')], { cwd });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    const [domain = '', ...lines] = done.stdout.toString().trim().split('\n');
    expect(domain).toMatch(/^system_u:system_r:container_t:s0:c\d+,c\d+$/u);
    // Debian's policy gives a new file the categories of who makes it; the next session takes them away.
    const own = domain.replace('system_r:container_t', 'object_r:container_file_t');
    expect(lines).toEqual(['hello', '*.swp', own]);
    expect(labelOf(join(cwd, 'made'))).toBe(own);
    expect(readFileSync(join(cwd, 'made'), 'utf8')).toBe('written\n');
    for (const path of [cwd, join(cwd, 'there')]) expect(labelOf(path)).toBe(shared);
    expect(labelOf(join(cwd, '..'))).not.toContain('container_file_t');
    expect(readdirSync(cwd).sort()).toEqual(['made', 'there']);
  });

  it('is what keeps a container from a directory that has no such label', () => {
    const images = ['images', '-q', 'localhost/ct/agent'];
    const [image = ''] = execFileSync('podman', images, { encoding: 'utf8' }).split('\n');
    const words = ['--rm', '--network', 'none', '--userns', 'keep-id', '--entrypoint', 'cat'];
    const mount = ['-v', `${unlabelled}:/p`];
    // By the same engine, whose pipes a container may use.
    const engine = ['--url', `unix://${process.env['XDG_RUNTIME_DIR']}/podman/podman.sock`];
    const argv = [...engine, 'run', ...words, ...mount, image, '/p/there'];
    const done = spawnSync('podman', argv, { encoding: 'utf8' });
    expect(done.stderr).toContain('Permission denied');
    expect(done.stdout).toBe('');
  });
});
