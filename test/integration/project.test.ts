import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROTECTED_PATHS } from '../../src/sandbox/protected-paths.ts';
import { ct, eventually, inSession, project, sessions, startCt } from './support/ct.ts';

const IDENTITY = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'core.hooksPath='];

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', [...IDENTITY, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });
}

function put(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

/** A repository with one commit. */
function repository(files: Readonly<Record<string, string>> = {}): string {
  const dir = project();
  git(dir, 'init', '-q', '-b', 'main');
  put(dir, { 'README.md': 'hello\n' });
  git(dir, 'add', '-A');
  git(dir, 'commit', '-q', '-m', 'first');
  put(dir, files);
  return dir;
}

/** Everything below a directory, without what git changes by itself. */
function tree(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true })
    .map(String)
    .filter((path) => !/^\.git\/(?:objects|logs|refs|index|HEAD|COMMIT_EDITMSG|ORIG)/u.test(path))
    .sort();
}

const STUBBED = PROTECTED_PATHS.filter(({ missing }) => missing === 'stub').map(({ name }) => name);

describe('a protected path that does not exist', () => {
  it('cannot be made inside, as a file, a directory, a link or by a rename', async () => {
    const dir = project();
    put(dir, { 'd/tasks.json': '{}' });
    const script = [...STUBBED, '.git'].flatMap((name) => [
      `touch ${name} 2>/dev/null; echo x > ${name}; mkdir -p ${name}/x`,
      `rmdir ${name}; rm -rf ${name}; mv ${name} away; mv -T d ${name}; ln -sfn /tmp ${name}; cp -rT d ${name}`,
      `[ -z "$(ls -A ${name})" ] && [ ! -L ${name} ] && echo "kept ${name}"`,
    ]);
    const done = await inSession(script.join('\n'), { cwd: dir });
    const kept = done.stdout.toString().trim().split('\n');
    expect(kept).toEqual([...STUBBED, '.git'].map((name) => `kept ${name}`));
    expect(tree(dir)).toEqual(['d', 'd/tasks.json']);
  });

  it('is not seen by git while the session runs, and is gone afterwards', async () => {
    const dir = repository();
    const before = tree(dir);
    const child = startCt(['run', 'shell', '-c', 'git status --porcelain; echo up; cat'], {
      cwd: dir,
    });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += String(text)));
    await eventually('the session runs', () => said.includes('up'));
    expect(said).toBe('up\n');
    expect(existsSync(join(dir, '.husky'))).toBe(true);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    child.stdin.end();
    expect((await child.finished).status).toBe(0);
    expect(tree(dir)).toEqual(before);
  });

  it('stays as it is when it is an empty directory of the user', async () => {
    const dir = project();
    mkdirSync(join(dir, '.vscode'));
    await inSession('touch .vscode/x', { cwd: dir });
    expect(tree(dir)).toEqual(['.vscode']);
  });

  it("is protected too when it is somebody else's empty directory, as container engines leave them", async () => {
    const cwd = project();
    const make = ['unshare', 'sh', '-c', 'mkdir "$0" && chown 5:5 "$0"', `${cwd}/.husky`];
    execFileSync('podman', make, { cwd: '/' });
    const done = await inSession('mkdir .husky/x || rmdir .husky || mv .husky y', { cwd });
    expect(done.stderr).toMatch(/x’?'?: Read-only file system/u);
    expect([done.status, readdirSync(cwd)]).toEqual([1, ['.husky']]);
  });

  it('keeps what the user himself puts there from outside meanwhile', async () => {
    const dir = project();
    const child = startCt(['run', 'shell', '-c', 'echo up; cat; ls -A .vscode'], { cwd: dir });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += String(text)));
    await eventually('the session runs', () => said.includes('up'));
    writeFileSync(join(dir, '.vscode/settings.json'), '{}');
    child.stdin.end();
    await child.finished;
    expect(said).toBe('up\n');
    expect(tree(dir)).toEqual(['.vscode', '.vscode/settings.json']);
  });

  it.each(['ct', 'engine and ct'])('leaves nothing behind after SIGKILL of %s', async (victim) => {
    const dir = project();
    const child = startCt(['run', 'shell', '-c', 'echo up; cat'], { cwd: dir });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += String(text)));
    await eventually('the session runs', () => said.includes('up'));
    if (victim !== 'ct') for (const pid of enginePids()) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await child.finished;
    // What a person would do next, in another directory.
    expect(await sessions()).toEqual([]);
    await eventually('the project is as it was', () => tree(dir).length === 0);
  });

  it('holds for a detached session, and until its end only', async () => {
    const dir = project();
    const id = (await ct(['run', '-d', 'shell', '-c', 'sleep 100'], { cwd: dir })).stdout
      .toString()
      .trim();
    expect((await ct(['exec', id, 'mkdir', '.vscode/x'])).status).toBe(1);
    await ct(['stop', id, '--timeout', '0s']);
    // The guard takes them away: a listing may meet it half-way.
    await eventually('the project is as it was', () => readdirSync(dir).length === 0);
  });

  it('holds for each of many sessions in one directory until the last has ended', async () => {
    const dir = project();
    const runs = Array.from({ length: 6 }, (_, index) =>
      inSession(`sleep 0.${index}; mkdir .husky/x 2>&1; mv .husky y 2>&1; ls -A .husky`, {
        cwd: dir,
      }),
    );
    for (const done of await Promise.all(runs)) {
      expect(done.stdout.toString()).toMatch(/Read-only file system\n.*busy\n$/u);
    }
    expect(tree(dir)).toEqual([]);
  });
});

/** Services that ct started for this suite. */
function enginePids(): number[] {
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? '';
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return /podman.*\0system\0service\0/su.test(line) && line.includes(runtime);
      } catch {
        return false;
      }
    });
}

describe('a protected path that exists', () => {
  it('is read-only inside, and cannot be renamed away', async () => {
    const files = {
      '.vscode/tasks.json': 'a',
      '.claude/settings.json': 'b',
      '.envrc': 'c',
      '.mcp.json': 'd',
      '.devcontainer/devcontainer.json': 'e',
      'opencode.json': 'f',
    };
    const dir = repository(files);
    const script = Object.keys(files).flatMap((path) => {
      const top = path.split('/')[0] ?? '';
      return [`echo x > ${path}; rm -rf ${top}; mv ${top} away; mv ${path} away; cat ${path}`];
    });
    const done = await inSession(script.join('\n'), { cwd: dir });
    expect(done.stdout.toString()).toBe('abcdef');
    for (const [path, text] of Object.entries(files)) {
      expect(readFileSync(join(dir, path), 'utf8')).toBe(text);
    }
  });

  it('is the agent’s when the user names it, by option or configuration', async () => {
    const dir = repository({ '.vscode/tasks.json': 'a' });
    const args = ['run', '--writable', '.vscode', '--no-review', 'shell', '-c'];
    const done = await ct([...args, 'echo b > .vscode/tasks.json && mkdir .idea/x'], { cwd: dir });
    expect(done.stderr).toContain('.idea/x');
    expect(readFileSync(join(dir, '.vscode/tasks.json'), 'utf8')).toBe('b\n');
    const home = join(dirname(dir), 'config');
    put(home, {
      'ct/config.toml': '[project]\nwritable = [".idea", ".git/config"]\nreview = false\n',
    });
    chmodSync(home, 0o700);
    const env = { XDG_CONFIG_HOME: home };
    const second = await inSession('mkdir .idea && git config a.b c && echo done', {
      cwd: dir,
      env,
    });
    expect(second.stdout.toString()).toBe('done\n');
    expect(git(dir, 'config', 'a.b')).toBe('c\n');
  });

  it('is refused when it is a link, which nothing can be mounted over', async () => {
    const dir = project();
    put(dir, { 'real/tasks.json': '{}' });
    symlinkSync('real', join(dir, '.vscode'));
    const done = await inSession('true', { cwd: dir });
    expect(done.status).toBe(125);
    expect(done.stderr).toContain('.vscode is a symbolic link');
    expect(
      (await ct(['run', '--writable', '.vscode', 'shell', '-c', 'true'], { cwd: dir })).status,
    ).toBe(0);
  });
});

describe('a repository', () => {
  it('can be worked in: commit, branch, stash, rebase, merge, tag, gc', async () => {
    const dir = repository();
    const script = `set -e; git config --global user.name a; git config --global user.email a@b.c
      echo 1 > f; git add f; git commit -qm one; git checkout -q -b side; echo 2 > g; git add g
      git commit -qm two; git checkout -q main; echo 3 > h; git add h; git commit -qm three
      git rebase -q main side; git checkout -q main; git merge -q side; echo 4 >> f; git stash -q
      git stash pop -q; git commit -qam four; git tag v1; git gc -q; git fsck --no-progress --no-dangling; git log --oneline | wc -l`;
    const done = await inSession(script, { cwd: dir });
    expect(done.stderr).not.toMatch(/error|fatal/u);
    expect(done.stdout.toString().trim()).toBe('5');
    expect(git(dir, 'log', '--oneline').trim().split('\n')).toHaveLength(5);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('keeps configuration and hooks from the agent, and from a .git that takes its place', async () => {
    const dir = repository();
    rmSync(join(dir, '.git/hooks'), { recursive: true });
    const config = readFileSync(join(dir, '.git/config'), 'utf8');
    const evil = '[core]\\n\\tfsmonitor = "touch PWNED"\\n';
    const script = `git config core.fsmonitor x; git remote add o x; printf '${evil}' > .git/config
      mkdir -p .git/hooks/x; echo x > .git/hooks/pre-commit; mv .git .git2; rm -rf .git/hooks .git/config
      mv .git/hooks .git/h; mv .git/config .git/c; printf '${evil}' > c && mv c .git/config
      cp -r .git evil && rm -rf .git; mv evil .git; ls -A .git/hooks; git rev-parse HEAD`;
    const done = await inSession(script, { cwd: dir });
    expect(done.stderr).toContain('could not write config file');
    expect(readFileSync(join(dir, '.git/config'), 'utf8')).toBe(config);
    expect(existsSync(join(dir, '.git/hooks'))).toBe(false);
    expect(existsSync(join(dir, '.git2'))).toBe(false);
  });

  it('keeps hooks in a directory that its configuration names', async () => {
    const dir = repository({ 'tools/hooks/pre-commit': 'x' });
    git(dir, 'config', 'core.hooksPath', 'tools/hooks');
    const script = 'echo y > tools/hooks/pre-commit; mv tools t; cat tools/hooks/pre-commit';
    expect((await inSession(script, { cwd: dir })).stdout.toString()).toBe('x');
    git(dir, 'config', 'core.hooksPath', 'later/hooks');
    expect((await inSession('mkdir -p later/hooks', { cwd: dir })).status).toBe(1);
    expect(existsSync(join(dir, 'later'))).toBe(false);
  });

  it('keeps those of submodules, in which one can commit', async () => {
    const library = repository();
    const dir = repository();
    git(dir, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'libs/a');
    git(dir, 'commit', '-q', '-m', 'submodule');
    rmSync(join(dir, '.git/modules/libs/a/hooks'), { recursive: true, force: true });
    const script = `for p in .git/modules .git/modules/libs .git/modules/libs/a; do mv $p $p-x 2>&1; done
      echo x > .git/modules/libs/a/config; mkdir -p .git/modules/libs/a/hooks/x; cd libs/a
      git -c user.name=a -c user.email=a@b commit -q --allow-empty -m inner && git log --oneline | wc -l`;
    const done = await inSession(script, { cwd: dir });
    expect(done.stdout.toString().match(/busy/gu)).toHaveLength(3);
    expect(done.stdout.toString().trim()).toMatch(/\n2$/u);
    expect(readFileSync(join(dir, '.git/modules/libs/a/config'), 'utf8')).toContain('[core]');
    expect(existsSync(join(dir, '.git/modules/libs/a/hooks'))).toBe(false);
  });

  it('that shares its directory with a worktree: both work, and their settings are kept', async () => {
    const main = repository();
    const dir = join(dirname(main), 'side');
    git(main, 'worktree', 'add', '-q', dir, '-b', 'side');
    const own = join(main, '.git/worktrees/side');
    const script = `git -c user.name=a -c user.email=a@b commit -q --allow-empty -m inside || exit 1
      echo ../evil > ${own}/commondir; echo x > ${main}/.git/config; mkdir ${main}/.git/hooks/x
      echo gitdir: /tmp > .git; mv ${own} ${own}2; mv ${main}/.git ${main}/x; ls -A ${main}; pwd; git worktree prune; git status --porcelain`;
    const done = await inSession(script, { cwd: dir });
    expect(done.stdout.toString()).toBe(`.git\n${dir}\n`);
    expect(git(dir, 'log', '-1', '--format=%s')).toBe('inside\n');
    expect(readFileSync(join(own, 'commondir'), 'utf8')).toBe('../..\n');
    expect(git(main, 'worktree', 'list').trim().split('\n')).toHaveLength(2);
    await inSession('echo x > .git/worktrees/side/commondir; git worktree prune', { cwd: main });
    expect(readFileSync(join(own, 'commondir'), 'utf8')).toBe('../..\n');
  });

  it('is not followed when it does not know of the project, or lies in a refused place', async () => {
    const home = process.env['HOME'] ?? '';
    const other = repository();
    for (const target of [`${home}/.ssh`, `${other}/.git`, '/etc', 'nowhere']) {
      const dir = project();
      writeFileSync(join(dir, '.git'), `gitdir: ${target}\n`);
      await inSession('echo x > .git; rm .git; git status', { cwd: dir });
      expect(readFileSync(join(dir, '.git'), 'utf8')).toBe(`gitdir: ${target}\n`);
      const plan = await ct(['run', '--dry-run', 'shell'], { cwd: dir });
      expect(plan.stdout.toString()).not.toContain(`"source": "${target}"`);
    }
  });
});

/** What makes directories removable again. */
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

describe('hidden files', () => {
  const KEY = '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n';

  it('are empty inside and cannot be written, and are named once', async () => {
    const dir = repository({
      '.env': 'A=secret-1',
      '.env.local': 'A=secret-2',
      '.env.example': 'A=plain-1',
      'web/.env': 'A=secret-3',
      'keys/server.pem': `cert\n${KEY}`,
      'keys/ca.pem': '-----BEGIN CERTIFICATE-----\n',
      'keys/id_ed25519': KEY,
      'keys/id_ed25519.pub': 'ssh-ed25519 AAAA',
    });
    const script = `cat .env .env.local web/.env keys/server.pem keys/id_ed25519; mv web w; cat w/.env
      cp w/.env c; cat c; echo x > .env; rm -f .env; mv .env x; cat .env.example keys/ca.pem keys/id_ed25519.pub`;
    const done = await inSession(script, { cwd: dir });
    expect(done.stdout.toString()).toBe('A=plain-1-----BEGIN CERTIFICATE-----\nssh-ed25519 AAAA');
    expect(done.stderr).toMatch(
      /ct: hidden from the agent: \.env, \.env\.local, keys\/id_ed25519, keys\/server\.pem, web\/\.env /u,
    );
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe('A=secret-1');
    rmSync(join(dir, 'w'), { recursive: true });
    put(dir, { 'web/.env': 'A=secret-3' });
    expect((await inSession('true', { cwd: dir })).stderr).toBe('');
    put(dir, { '.env.prod': 'A=secret-4' });
    expect((await inSession('true', { cwd: dir })).stderr).toContain('.env.prod');
  });

  it('stay hidden when an agent moves the directory above them out of the way of the search', async () => {
    const dir = project();
    put(dir, { 'web/.env': 'A=secret' });
    const hide = 'cat web/.env; mv web node_modules; mkdir web; echo decoy >web/.env';
    const flood = 'i=0; while [ $i -lt 300 ]; do mkdir -p 0/$i; i=$((i+1)); done';
    const first = await inSession(`${hide}; ${flood}`, { cwd: dir });
    expect([first.status, first.stdout.toString()]).toEqual([0, '']);
    expect(readFileSync(join(dir, 'node_modules/.env'), 'utf8')).toBe('A=secret');
    const second = await inSession('cat node_modules/.env web/.env', { cwd: dir });
    expect([second.status, second.stdout.toString()]).toEqual([0, '']);
    expect(second.stderr).toContain('hidden from the agent: node_modules/.env, web/.env ');
  });

  it.each(['000', '444', '311'])(
    'stay hidden when an agent shuts their directory: %s, and the review says that it did',
    async (mode) => {
      const dir = project();
      put(dir, { 'conf/.env': 'A=secret', 'conf/x': '' });
      undo.push(() => chmodSync(join(dir, 'conf'), 0o755));
      const first = await inSession(`cat conf/.env; chmod ${mode} conf`, { cwd: dir });
      expect([first.status, first.stdout.toString()]).toEqual([0, '']);
      expect(first.stderr).toContain('left directories that the review does not look into');
      const open = 'chmod 755 conf; ls -A conf; cat conf/.env';
      const second = await inSession(open, { cwd: dir });
      expect(second.stdout.toString()).toBe('');
      expect(second.stderr).toContain('hidden from the agent: conf ');
      chmodSync(join(dir, 'conf'), 0o755);
      const third = await inSession('cat conf/.env; ls conf', { cwd: dir });
      expect(third.stdout.toString()).toBe('x\n');
    },
  );

  it('are refused when an agent moves them out of reach, until the user lets them be seen', async () => {
    const dir = project();
    put(dir, { 'conf/.env': 'A=secret' });
    undo.push(() => execFileSync('rm', ['-rf', dir]));
    const long = 'l'.repeat(250);
    const deeper = `mkdir next; mv ${long} next 2>/dev/null || mv conf next; mv next ${long}`;
    const first = await inSession(
      `for i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8; do ${deeper}; done`,
      {
        cwd: dir,
      },
    );
    expect(first.status).toBe(0);
    const second = await inSession('true', { cwd: dir });
    expect(second.status).toBe(125);
    expect(second.stderr).toContain(
      'conf/.env was hidden from earlier sessions, and cannot be found',
    );
    const third = await ct(['run', '--visible', 'conf/.env', 'shell', '-c', 'true'], { cwd: dir });
    expect(third.status).toBe(0);
  });

  it('are seen when the user names them', async () => {
    const dir = project();
    put(dir, { '.env': 'A=1\n', 'x/.env.test': 'B=2\n' });
    const run = ['run', '--visible', '.env', '--visible', 'x/.env.test', 'shell', '-c'];
    const done = await ct([...run, 'cat .env x/.env.test'], { cwd: dir });
    expect(done.stdout.toString()).toBe('A=1\nB=2\n');
  });

  it('are what a link points to, but not what git has: a commit would empty it', async () => {
    const dir = repository({ 'config/dev': 'A=secret\n', '.env.test': 'A=tracked\n' });
    symlinkSync('config/dev', join(dir, '.env'));
    git(dir, 'add', '.env.test');
    const done = await inSession('cat .env config/dev .env.test', { cwd: dir });
    expect(done.stdout.toString()).toBe('A=tracked\n');
    expect(done.stderr).toContain('not hidden, since git has them: .env.test');
  });
});

describe('a directory that must not be a project', () => {
  it.each(['/etc', '/proc', '/sys/kernel', '/usr/share', '/dev/shm'])('is %s', async (dir) => {
    const done = await inSession('true', { cwd: dir });
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/cannot be a project/u);
  });

  it('is what is private in a home, what holds that, and a link to it', async () => {
    const home = dirname(project());
    put(home, { '.ssh/id_rsa': 'x', '.config/ct/x': 'x', '.aws/credentials': 'x', 'ok/x': 'x' });
    symlinkSync(join(home, '.ssh'), join(home, 'innocent'));
    chmodSync(home, 0o700);
    const env = { HOME: home, XDG_CONFIG_HOME: undefined };
    const dry = (dir: string) => ct(['run', '--dry-run', 'shell'], { cwd: join(home, dir), env });
    for (const dir of ['.ssh', '.config', '.config/ct', '.aws', 'innocent']) {
      const done = await dry(dir);
      expect([dir, done.status, done.stderr]).toEqual([
        dir,
        125,
        expect.stringContaining('cannot be a project'),
      ]);
    }
    expect((await dry('ok')).status).toBe(0);
  });

  it('is not given from a home or from what holds one: a directory of ct stands in', async () => {
    const home = dirname(project());
    put(home, { 'canary/x': 'x', '.config/ct/x': 'x' });
    symlinkSync(home, join(home, 'canary/home'));
    for (const dir of [home, dirname(home), '/', join(home, 'canary/home')]) {
      const env = { HOME: home };
      const done = await inSession('pwd; ls; echo kept > note; cat note', { cwd: dir, env });
      expect(done.stderr).toMatch(
        /holds more than a project and is not given .*works in .*scratch/u,
      );
      expect(done.stdout.toString()).toMatch(/^\/projects\/scratch\n(?:note\n)?kept\n$/u);
      expect(done.status).toBe(0);
    }
  });

  it('is one outside the allowed roots, if the user has named any', async () => {
    const dir = project();
    const home = join(dirname(dir), 'config');
    put(home, { 'ct/config.toml': `[project]\nallowed_roots = ["${dirname(dir)}/elsewhere"]\n` });
    const env = { XDG_CONFIG_HOME: home };
    const done = await inSession('true', { cwd: dir, env });
    expect(done.stderr).toContain('allowed_roots');
    mkdirSync(join(dirname(dir), 'elsewhere/x'), { recursive: true });
    const inside = await ct(['run', '--dry-run', 'shell'], {
      cwd: join(dirname(dir), 'elsewhere/x'),
      env,
    });
    expect(inside.status).toBe(0);
  });
});

describe('a directory that is swapped for a link while ct starts', () => {
  it('never shows the agent what the link points to', async () => {
    const around = dirname(project());
    const [dir, private_] = [join(around, 'app'), join(around, 'private')];
    put(private_, { 'canary/x': 'CANARY', '.git/config': 'CANARY' });
    put(dir, { 'own/x': 'own' });
    let isOver = false;
    const swap = (async () => {
      while (!isOver) {
        renameSync(dir, `${dir}2`);
        symlinkSync(private_, dir);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
        rmSync(dir);
        renameSync(`${dir}2`, dir);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      }
    })();
    const ends = { ran: 0, refused: 0 };
    for (let count = 0; count < 40; count++) {
      // Entered through the parent, so that ct finds whatever is there in this moment.
      const program = ['/bin/sh', '-c', 'cd app && exec "$@"', 'sh', process.execPath] as const;
      const bin = process.env['CT_TEST_BIN'] ?? 'dist/main.cjs';
      const script = 'pwd; ls';
      const done = await startCt([bin, 'run', '--no-review', 'shell', '-c', script], {
        ...{ cwd: around, input: '', program: [program[0], ...program.slice(1)] },
      }).finished;
      // A shell that stood in the link itself asked for the private directory: no race, an order.
      const saw = done.stdout.toString();
      const isOwn = /^\/projects\/app2?\nown\n$/u.test(saw);
      if (isOwn) ends.ran++;
      else if (done.status === 125) ends.refused++;
      else if (done.stderr.includes('cd: ')) continue;
      else expect(saw).toBe('/projects/private\ncanary\n');
    }
    isOver = true;
    await swap;
    expect(ends.ran + ends.refused).toBeGreaterThan(0);
  });
});

describe('the review', () => {
  it('tells what the host may execute, with a difference, and nothing else', async () => {
    const dir = repository({ Makefile: 'all:\n\techo fine\n', 'src/a.ts': 'x\n' });
    const script = `printf 'all:\\n\\techo evil\\n' > Makefile; printf '{"scripts":{"postinstall":"x\\033[2J"}}' > package.json
      echo y > src/a.ts; printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh; mkdir -p .github/workflows sub
      echo on: push > .github/workflows/ci.yml; git init -q sub; git -C sub config core.fsmonitor 'touch x'`;
    const done = await inSession(script, { cwd: dir });
    const said = done.stderr;
    expect(said).toContain('changed Makefile');
    expect(said).toContain('- \\techo fine');
    expect(said).toContain('+ \\techo evil');
    expect(said).toContain('new     package.json');
    expect(said).toContain('new     .github/workflows/ci.yml');
    expect(said).toContain('new     run.sh  (it is executable)');
    expect(said).toContain('! git executes this on the host: fsmonitor = touch x');
    expect(said).not.toContain('src/a.ts');
    expect(said).not.toContain('\u001b');
    const review = await ct(['review', '--json', dir]);
    expect(review.status).toBe(1);
    const { changes } = JSON.parse(review.stdout.toString()) as { changes: { path: string }[] };
    expect(changes.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '.github/workflows/ci.yml',
        'Makefile',
        'package.json',
        'run.sh',
        'sub/.git/config',
      ]),
    );
    const text = await ct(['review'], { cwd: dir });
    expect(text.stdout.toString()).toContain('changed Makefile');
  });

  it('is silent after a session that changed nothing of the kind, and when it is off', async () => {
    const dir = repository({ Makefile: 'all:\n' });
    expect((await inSession('echo x > notes.txt; touch Makefile', { cwd: dir })).stderr).toBe('');
    expect((await ct(['review'], { cwd: dir })).status).toBe(0);
    const quiet = await ct(['run', '--no-review', 'shell', '-c', 'echo x > Makefile'], {
      cwd: dir,
    });
    expect(quiet.stderr).toBe('');
  });

  it('does not follow links that the agent made, and is not held up by a pipe', async () => {
    const dir = project();
    const home = process.env['HOME'] ?? '';
    const script = `ln -s ${home}/.bashrc Makefile; mkfifo package.json; ln -s / .github; ln -s . loop`;
    const done = await inSession(script, { cwd: dir });
    expect(done.stderr).toContain(`+ -> ${home}/.bashrc`);
    expect(done.status).toBe(0);
  });
});
