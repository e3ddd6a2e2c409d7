import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

const template = readFileSync(new URL('../../templates/install-agent.sh', import.meta.url), 'utf8');

let dir: string;
let packages: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-install-'));
  packages = join(dir, 'packages');
  for (const name of ['packages', 'lent', 'bin']) mkdirSync(join(dir, name));
  writeFileSync(join(dir, 'lent/environment'), 'https_proxy=http://user:pa$$ word@p.example\n');
  const newest = new URL('../../templates/newest-for-node.sh', import.meta.url);
  writeFileSync(join(dir, 'lent/newest-for-node.sh'), readFileSync(newest));
  const script = template
    .replaceAll('/opt/ct/packages', packages)
    .replaceAll('/run/ct-host', join(dir, 'lent'));
  writeFileSync(join(dir, 'install.sh'), script);
  fakeNpm('1.0.0');
});

/** An npm that "installs" a package with one program, or does `instead`. */
function fakeNpm(version: string, instead = ''): void {
  const script = `#!/bin/sh
if [ "$1" = view ]; then exec cat '${dir}/view'-"\${3##*@}"; fi
printf '%s\\n' "$@" >'${dir}/npm-arguments'
printf '%s' "$https_proxy" >'${dir}/npm-proxy'
while [ "$1" != --prefix ]; do shift; done
prefix=$2
mkdir -p "$prefix/bin" "$prefix/lib/node_modules/@x/agent"
printf '{"version":"${version}"}' >"$prefix/lib/node_modules/@x/agent/package.json"
${instead}
printf '#!/bin/sh\\necho ${version}' >"$prefix/bin/agent"
chmod +x "$prefix/bin/agent"
`;
  writeFileSync(join(dir, 'bin/npm'), script, { mode: 0o755 });
}

function install(run = 'r1', version = 'latest') {
  const PATH = `${dir}/bin${delimiter}${process.env['PATH'] ?? ''}`;
  const how = ['npm', '@x/agent', version, 'beside@1'];
  const args = [join(dir, 'install.sh'), 'agent', 'agent', run, ...how];
  const { status, stdout, stderr } = spawnSync('/bin/sh', args, {
    env: { PATH },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const current = (): string => readlinkSync(`${packages}/agent/current`);
const there = (): string[] => readdirSync(`${packages}/agent`).sort();

describe('the install script', () => {
  test('installs into a directory of the version and points current to it', () => {
    expect(install()).toMatchObject({ status: 0, stderr: '' });
    expect(current()).toBe('1.0.0');
    expect(there()).toEqual(['1.0.0', 'current']);
    expect(readFileSync(`${packages}/agent/current/bin/agent`, 'utf8')).toBe(
      '#!/bin/sh\necho 1.0.0',
    );
  });

  test('gives npm the package and the settings of the host', () => {
    install();
    const words = readFileSync(join(dir, 'npm-arguments'), 'utf8').split('\n');
    expect(words).toContain('@x/agent@latest');
    expect(words).toContain('beside@1');
    expect(words).toContain('--no-fund');
    expect(readFileSync(join(dir, 'npm-proxy'), 'utf8')).toBe('http://user:pa$$ word@p.example');
  });

  test('keeps the previous version for sessions that use it, and no older one', () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      fakeNpm(version);
      expect(install(version).status).toBe(0);
    }
    expect(current()).toBe('1.2.0');
    expect(there()).toEqual(['1.1.0', '1.2.0', 'current']);
  });

  test('gives the same version a new place: the old one may be in use', () => {
    install('r1');
    install('r2');
    expect(current()).toBe('1.0.0+r2');
    expect(there()).toEqual(['1.0.0', '1.0.0+r2', 'current']);
  });

  test('takes the newest version that runs on the Node there is, when it may choose', () => {
    writeFileSync(join(dir, 'view-latest'), '{"version":"3.0.0","engines.node":">=99"}');
    const older = [
      { version: '1.0.0' },
      { version: '2.9.0', 'engines.node': '>=99' },
      { version: '2.10.0', 'engines.node': '>=18' },
      { version: '2.9.5', 'engines.node': '>=18' },
    ];
    writeFileSync(join(dir, 'view->=0.0.0'), JSON.stringify(older));
    expect(install('r1', '*')).toMatchObject({ status: 0, stderr: '' });
    const words = readFileSync(join(dir, 'npm-arguments'), 'utf8').split('\n');
    expect(words).toContain('@x/agent@2.10.0');
  });

  test('says so when no version runs on it', () => {
    for (const name of ['view-latest', 'view->=0.0.0']) {
      writeFileSync(join(dir, name), '{"version":"3.0.0","engines.node":">=99"}');
    }
    expect(install('r1', '*').stderr).toContain('no version of @x/agent runs on Node');
  });

  test('leaves the old installation alone when npm fails', () => {
    install('r1');
    fakeNpm('2.0.0', 'exit 7');
    expect(install('r2').status).toBe(7);
    expect(current()).toBe('1.0.0');
    expect(there()).toEqual(['1.0.0', 'current']);
  });

  test('leaves the old installation in place when the new program does not start', () => {
    install('r1');
    fakeNpm(
      '2.0.0',
      `printf '#!/bin/sh\\necho broken >&2; exit 9' >"$prefix/bin/agent"; chmod +x "$prefix/bin/agent"; exit 0`,
    );
    expect(install('r2')).toMatchObject({
      status: 4,
      stderr: 'ct: agent 2.0.0 does not start here: broken\n',
    });
    expect(current()).toBe('1.0.0');
    expect(there()).toEqual(['1.0.0', 'current']);
  });

  test('says so when the package has no such program', () => {
    fakeNpm('1.0.0', 'exit 0');
    expect(install()).toMatchObject({
      status: 3,
      stderr: 'ct: @x/agent@latest has no program called agent\n',
    });
    expect(there()).toEqual([]);
  });

  test('killed at its worst moment: current stays as it was', () => {
    install('r1');
    fakeNpm('2.0.0', 'kill -9 $PPID; exit 1');
    expect(install('r2').status).toBeNull();
    expect(current()).toBe('1.0.0');
    expect(existsSync(`${packages}/agent/.staging-r2`)).toBe(true);
  });

  test('waits with taking its place while another installation takes its own', async () => {
    // In the middle of it: the new directory is there, and nothing points to it yet.
    const args = [join(dir, 'install.sh'), 'agent', 'agent', 'r2', 'npm', '@x/agent', 'latest'];
    const ln = `#!/bin/sh
if mkdir '${dir}/begun' 2>/dev/null; then
  { sh ${args.map((word) => `'${word}'`).join(' ')}; mkdir '${dir}/over'; } >/dev/null 2>&1 9<&- &
  sleep 0.5
fi
exec /bin/ln "$@"
`;
    writeFileSync(join(dir, 'bin/ln'), ln, { mode: 0o755 });
    expect(install('r1')).toMatchObject({ status: 0, stderr: '' });
    await expect.poll(() => existsSync(join(dir, 'over')), { timeout: 60_000 }).toBe(true);
    expect(readFileSync(`${packages}/agent/current/bin/agent`, 'utf8')).toContain('echo 1.0.0');
    expect(there()).toEqual(['1.0.0', '1.0.0+r2', 'current']);
  });

  test('removes what a killed run left, when it is old enough to be sure', () => {
    mkdirSync(`${packages}/agent/.staging-old/deep`, { recursive: true });
    mkdirSync(`${packages}/agent/.staging-fresh`, { recursive: true });
    const hoursAgo = Date.now() / 1000 - 7200;
    utimesSync(`${packages}/agent/.staging-old`, hoursAgo, hoursAgo);
    install();
    expect(there()).toEqual(['.staging-fresh', '1.0.0', 'current']);
  });

  test('current is a relative link: it holds on the host too', () => {
    install();
    expect(lstatSync(`${packages}/agent/current`).isSymbolicLink()).toBe(true);
    expect(current()).not.toContain('/');
  });
});

describe('an archive', () => {
  function archive(digest?: string, name = 'agent') {
    const tree = join(dir, 'tree');
    mkdirSync(join(tree, 'inner'), { recursive: true });
    writeFileSync(join(tree, 'inner', name), '#!/bin/sh\necho 7', { mode: 0o644 });
    const file = join(dir, 'a.tar.gz');
    spawnSync('tar', ['-czf', file, '-C', tree, '.']);
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    // Downloads by copying: the script allows https alone, which the real test has.
    writeFileSync(
      join(dir, 'bin/curl'),
      `#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\ncp '${file}' "$2"\n`,
      { mode: 0o755 },
    );
    const how = ['archive', 'https://h.example/a.tar.gz', '1.46.0', digest ?? sha256];
    const args = [join(dir, 'install.sh'), 'agent', 'agent', 'r1', ...how];
    const PATH = `${dir}/bin${delimiter}${process.env['PATH'] ?? ''}`;
    return spawnSync('/bin/sh', args, { env: { PATH }, encoding: 'utf8' });
  }

  test('gives its program, wherever it lies in it', () => {
    expect(archive()).toMatchObject({ status: 0, stderr: '' });
    expect(current()).toBe('1.46.0');
    const run = spawnSync(`${packages}/agent/current/bin/agent`, { encoding: 'utf8' });
    expect(run.stdout).toBe('7\n');
  });

  test('is not unpacked when its digest is another', () => {
    const done = archive('0'.repeat(64));
    expect(done.status).toBe(5);
    expect(done.stderr).toContain('it is not what was vouched for');
    expect(there()).toEqual([]);
  });

  test('without the program is refused', () => {
    expect(archive(undefined, 'other')).toMatchObject({ status: 3 });
    expect(there()).toEqual([]);
  });
});
