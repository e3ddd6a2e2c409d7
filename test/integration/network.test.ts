import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ct, eventually, project, startCt, type Done } from './support/ct.ts';
import { alone, listening, portOf } from './support/lab/alone.ts';
import { freePort } from '../support/free-port.ts';
import { configured, startLab, type Lab } from './support/lab/lab.ts';

let lab: Lab;
let config: string;

const CONFIG = `
[network]
mode = "strict"
allowed_domains = ["*.example.test", "*.wild.test"]
ports = ["443", "80", "22", "9000", "9001", "9002"]
registries = false
`;

/** How long streams are watched, `s`: an hour with CT_TEST_STREAM_S=3600. */
const STREAM_S = Number(process.env['CT_TEST_STREAM_S'] ?? '20');

/** Memory of a process, `MB`. Source: proc_pid_status(5) VmRSS */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]) / 1024;
}

const beside = (name: string): string =>
  fileURLToPath(new URL(`support/lab/${name}`, import.meta.url));

beforeAll(async () => {
  lab = await startLab();
  config = configured(CONFIG);
});

afterAll(() => lab.stop());

/** A project with the lab's certificate in it. */
function labProject(): string {
  const cwd = project();
  writeFileSync(`${cwd}/lab.pem`, lab.certificate);
  return cwd;
}

function strict(script: string, cwd = labProject()): Promise<Done> {
  const options = { cwd, env: { ...lab.env, XDG_CONFIG_HOME: config } };
  return ct(['run', '-n', 'strict', 'shell', '-c', script], options);
}

async function output(script: string, cwd?: string): Promise<string> {
  const { status, stdout, stderr } = await strict(script, cwd);
  expect(`${stdout.toString()}${status === 0 ? '' : stderr}`, stderr).not.toBe('');
  return stdout.toString().trim();
}

describe('real clients in a strict session', () => {
  it('curl, over HTTP, HTTPS and HTTP/2', async () => {
    const curl = 'curl -sS --cacert lab.pem -o /dev/null -w "%{http_code} %{http_version} "';
    const text = await output(
      `${curl} http://www.example.test/; ${curl} --http1.1 https://www.example.test/; ${curl} https://www.example.test/`,
    );
    expect(text).toBe('200 1.1 200 1.1 200 2');
  });

  it('curl, with a body that waits for 100 Continue, and twenty megabytes both ways', async () => {
    const text = await output(`head -c 20971520 /dev/zero | tee body | sha256sum | cut -d" " -f1
      curl -sS -H 'Expect: 100-continue' --data-binary @body http://www.example.test/ | sed 's/.*sha256":"\\([0-9a-f]*\\).*/\\1/'
      curl -sS --cacert lab.pem 'https://www.example.test/big?mb=20' | wc -c
      curl -sS 'http://www.example.test/big?mb=20' | wc -c`);
    const [mine, theirs, ...sizes] = text.split('\n');
    expect(theirs).toBe(mine);
    expect(sizes).toEqual(['20971520', '20971520']);
  });

  it('python', async () => {
    expect(
      await output(`python3 -c "
import ssl, urllib.request as u
print(u.urlopen('https://api.example.test/', context=ssl.create_default_context(cafile='lab.pem')).status)"`),
    ).toBe('200');
  });

  it('node: gRPC over HTTP/2, a WebSocket, server-sent events', async () => {
    const cwd = labProject();
    copyFileSync(beside('clients.mjs'), `${cwd}/clients.mjs`);
    expect((await output('node clients.mjs', cwd)).split('\n')).toEqual([
      'grpc www.example.test:443 7',
      'websocket true',
      'events 4 true',
    ]);
  });

  it(
    `server-sent events for ${STREAM_S} s: busy ones over HTTP, TLS and HTTP/2, and one with long silences`,
    async () => {
      const busy = STREAM_S * 5;
      const curl = 'curl -sSN --cacert lab.pem';
      const events = (url: string): string => `${url}.example.test/events?n=${busy}`;
      const script = `count() { grep -c '^data: '; }
        ${curl} '${events('http://www')}' | count >a &
        ${curl} --http1.1 '${events('https://www')}' | count >b &
        ${curl} --http2 '${events('https://www')}' | count >c &
        ${curl} 'http://www.example.test/events?n=4&every=${STREAM_S * 250}' | count >d &
        wait; cat a b c d`;
      const run = startCt(['run', '-n', 'strict', 'shell', '-c', script], {
        ...{ input: '', cwd: labProject(), env: { ...lab.env, XDG_CONFIG_HOME: config } },
      });
      await pause(STREAM_S * 300);
      const early = residentMb(lab.owner());
      await pause(STREAM_S * 600);
      const late = residentMb(lab.owner());
      const { status, stdout, stderr } = await run.finished;
      expect(stdout.toString(), stderr).toBe(`${busy}\n${busy}\n${busy}\n4\n`);
      expect(status).toBe(0);
      console.log(`what serves: ${early} MB, then ${late} MB`);
      expect(late - early, `${early} MB, then ${late} MB`).toBeLessThan(16);
    },
    STREAM_S * 1000 + 300_000,
  );

  it('git, over https and over ssh', async () => {
    makeRepository(`${lab.dir}/files/sample.git`);
    const cwd = labProject();
    copyFileSync(`${lab.dir}/ssh_user`, `${cwd}/key`);
    const ssh =
      'ssh -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
    const text = await output(
      `chmod 600 key
      git -c http.sslCAInfo=lab.pem clone -q https://www.example.test/files/sample.git a && cat a/file
      GIT_SSH_COMMAND='${ssh}' git clone -q root@www.example.test:${lab.dir}/files/sample.git b && cat b/file`,
      cwd,
    );
    expect(text.split('\n'), readFileSync(`${lab.dir}/sshd.out`, 'utf8')).toEqual([
      'from git',
      'from git',
    ]);
  });

  it("GNU's wget", async () => {
    const cwd = labProject();
    // Not in the image: the host's own, with the libraries that it has there.
    takeAlong('wget', cwd);
    const wget = './lib/loader --library-path lib ./wget -nv -O- --ca-certificate=lab.pem';
    const text = await output(
      `${wget} http://www.example.test/ 2>&1; ${wget} 'http://www.example.test/redirect?to=https://api.example.test/' 2>&1`,
      cwd,
    );
    expect(text.match(/"host":"[^"]*"/gu)).toEqual([
      '"host":"www.example.test"',
      '"host":"api.example.test"',
    ]);
  });

  it("Go's own resolver and its HTTP client", async () => {
    const cwd = labProject();
    copyFileSync('/usr/bin/gron', `${cwd}/gron`);
    const text = await output(
      `export GODEBUG=netdns=go+1
      ./gron http://www.example.test/ 2>&1; ./gron -k https://api.example.test/ 2>&1; ./gron http://evil.test 2>&1 || true`,
      cwd,
    );
    expect(text).toMatch(/json\.host = "www\.example\.test"/u);
    expect(text).toMatch(/json\.host = "api\.example\.test"/u);
    expect(text).toMatch(/use of (?:Go's|the Go) resolver/u);
    expect(text).toMatch(/evil\.test.*no such host/u);
  });

  it('a static program with musl', async () => {
    const cwd = labProject();
    execFileSync('musl-gcc', ['-static', '-Os', '-o', `${cwd}/musl`, beside('musl.c')]);
    expect(await output('./musl', cwd)).toBe('220 I speak first');
  });
});

describe('a change of the rules while a session runs', () => {
  it('is in force within a second, cuts what it forbids, and nothing else', async () => {
    const cwd = labProject();
    copyFileSync(beside('live.py'), `${cwd}/live.py`);
    const env = { ...lab.env, XDG_CONFIG_HOME: config };
    const run = startCt(['run', '-n', 'strict', 'shell', '-c', 'python3 live.py'], { cwd, env });
    const change = async (after: string, ...words: string[]): Promise<number> => {
      await eventually(`it is ${after}`, () => existsSync(`${cwd}/${after}`));
      const done = await ct(['network', ...words, '--session', id()], { env });
      expect(done.status, done.stderr).toBe(0);
      // The clock of the session, which is the kernel's.
      return Number(process.hrtime.bigint()) / 1e9;
    };
    const id = (): string =>
      readdirSync(`${lab.env['XDG_RUNTIME_DIR'] ?? ''}/ct/sessions`)[0]?.replace('.sock', '') ?? '';
    const changed = [
      await change('ready', 'allow', 'other.test'),
      await change('open', 'remove', 'other.test'),
      // The address of a name that stays allowed: what leads there is cut too.
      await change('cut', 'block', '198.51.100.20'),
    ];
    const { stdout, stderr } = await run.finished;
    const lines = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(
      lines.map(([word, , ...more]) => [word, ...more]),
      stderr,
    ).toEqual([
      ['allowed'],
      ['removed', 'ConnectionResetError', 'True'],
      ['blocked', 'ConnectionResetError'],
    ]);
    const late = lines.map(([, time], index) => Number(time) - (changed[index] ?? 0));
    expect(Math.max(...late)).toBeLessThan(1);
  });
});

describe("a host that reaches the world through its company's proxy", () => {
  it('is not taken for another: a run with other proxies than the service serves itself', async () => {
    const env = { ...lab.env, XDG_CONFIG_HOME: config, https_proxy: 'http://127.0.0.1:9' };
    const done = await ct(['run', '-v', '-n', 'strict', 'shell', '-c', 'echo begun'], { env });
    expect([done.status, done.stdout.toString()]).toEqual([0, 'begun\n']);
    expect(done.stderr).toContain('this process serves the network: whoever serves networks here');
    expect(done.stderr).not.toContain('127.0.0.1:9');
  });

  it('has its sessions go there: requests as requests, the rest through tunnels', async () => {
    const proxies = {
      HTTPS_PROXY: 'http://me:secret@198.51.100.254:3128',
      http_proxy: '198.51.100.254:3128',
      NO_PROXY: 'localhost,.wild.test,api.example.test',
    };
    const proxied = await startLab(proxies);
    try {
      const text = await ct(
        [
          ...['run', '-n', 'strict', 'shell', '-c'],
          // The company's resolver knows no names of the world: 'outer' is not in the lab's zone.
          `status() { curl -sS -k -m 10 -o /dev/null -w '%{http_code}\n' "$@" 2>&1; }
          status https://outer.example.test/; status http://outer.example.test/path
          status http://api.example.test/direct; status https://lan.example.test/; env | grep -ic proxy`,
        ],
        { env: { ...proxied.env, ...proxies, XDG_CONFIG_HOME: config } },
      );
      const lines = text.stdout.toString().trim().split('\n');
      expect(lines.slice(0, 3), text.stderr).toEqual(['200', '200', '200']);
      expect(text.stderr).toMatch(/lan\.example\.test:443 .*leads to a private address/u);
      // The agent learns nothing of the proxy, and not its password.
      expect(lines.at(-1)).toBe('0');
      const asked = proxied.world().filter(({ kind }) => kind === 'proxied' || kind === 'tunnel');
      expect(asked.map(({ kind, url, authorization = '' }) => [kind, url, authorization])).toEqual([
        ['tunnel', 'outer.example.test:443', `Basic ${btoa('me:secret')}`],
        ['proxied', 'http://outer.example.test/path', ''],
      ]);
    } finally {
      await proxied.stop();
    }
  });
});

describe('ct network learn', () => {
  const learn = async (...options: string[]): Promise<string> => {
    const lists = `
[network]
allowed_domains = ["api.example.test", "www.example.test:9002", "unused.example.test"]
blocked_domains = ["steal.example.test"]
ports = ["80"]
registries = false
`;
    const script = `for url in other.test api.example.test steal.example.test lan.example.test; do
      curl -sS -m 5 -o /dev/null http://$url/; done
      python3 -c "import socket
for host, port in (('api.example.test', 9002), ('www.example.test', 9002), ('other.test', 7)):
    try: socket.create_connection((host, port), 5).close()
    except OSError as error: print(error.strerror)"`;
    const done = await ct(['network', 'learn', ...options, 'shell', '--', '-c', script], {
      env: { ...lab.env, XDG_CONFIG_HOME: configured(lists) },
    });
    expect(done.status, done.stderr).toBe(0);
    return done.stderr;
  };
  const added = (text: string): readonly (string | undefined)[] =>
    [...text.slice(text.indexOf(' used ')).matchAll(/^ct: +ct network (.*)$/gmu)].map(
      ([, line]) => line,
    );

  it('ends with the least that the lists lack, and what they have too much', async () => {
    const text = await learn();
    expect(text).toContain('this session used 3 destinations that the lists lack:');
    expect(added(text)).toEqual([
      "allow 'api.example.test:9002'",
      "allow 'other.test'",
      "allow 'other.test:7'",
      "remove 'unused.example.test'",
    ]);
    // Watching opens neither what is blocked nor private addresses.
    expect(text).toMatch(/steal\.example\.test .*blocked; ct network remove/u);
    expect(text).toMatch(/lan\.example\.test:80 .*leads to a private address/u);
  });

  it('with --shadow says what strict would have denied', async () => {
    const text = await learn('--shadow');
    expect(text).toContain('strict would have denied 3 destinations:');
    expect(text).toContain("ct network allow 'other.test'");
    expect(text).not.toContain('unused.example.test');
  });
});

describe('package managers, from the registries that this host is configured to use', () => {
  // Served by ct itself and over the host's own network: these are real registries.
  const real = (script: string): Promise<Done> => {
    const runtime = { XDG_CONFIG_HOME: configured('[network]\nmode = "strict"\n') };
    return ct(['run', '-n', 'strict', 'shell', '-c', script], { env: { ...runtime, ...alone() } });
  };

  it('npm install', async () => {
    const { status, stderr, stdout } = await real(
      'cd /tmp && npm install --no-audit --no-fund is-odd 2>&1 && ls node_modules',
    );
    expect(`${stdout.toString()}${stderr}`).toContain('is-odd');
    expect(status).toBe(0);
  });

  it('apt update', async () => {
    const { stdout, stderr } = await real(
      `mkdir -p /tmp/a/lists/partial /tmp/a/cache/archives/partial /tmp/a/etc
      echo '${aptLine()}' >/tmp/a/etc/sources.list
      apt-get -o Dir::Etc=/tmp/a/etc -o Acquire::AllowInsecureRepositories=1 -o Dir::State=/tmp/a -o Dir::Cache=/tmp/a/cache -o Debug::NoLocking=1 -o APT::Sandbox::User= update 2>&1 | tail -3
      ls /tmp/a/lists | head -3`,
    );
    expect(`${stdout.toString()}${stderr}`).toMatch(/InRelease|Packages/u);
  });
});

describe('a published port', () => {
  it('leads to a server inside, on either loopback, and nowhere else', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const server = `python3 -m http.server 8080 --bind 127.0.0.1 >/dev/null 2>&1 &
      python3 -m http.server 8081 --bind ::1 >/dev/null 2>&1 & echo ready; sleep 120`;
    const publish = ['-p', `${first}:8080`, '-p', `127.0.0.1:${second}:8081`];
    const run = startCt(['run', '-n', 'strict', ...publish, 'shell', '-c', server], {
      env: { XDG_CONFIG_HOME: config, ...alone() },
    });
    for (const port of [first, second]) {
      await eventually(`port ${port} answers`, async () => (await fetched(port)) === 200);
    }
    // More than are in store at once.
    const many = await Promise.all(Array.from({ length: 40 }, () => fetched(first)));
    expect(new Set(many)).toEqual(new Set([200]));
    run.kill('SIGTERM');
    await run.finished;
    expect(await fetched(first)).toBeUndefined();
  });

  it('that is taken stops the run before the agent begins', async () => {
    const server = await listening(createServer(), '127.0.0.1');
    const port = portOf(server);
    const run = ['run', '-n', 'offline', '-p', `${port}:80`, 'shell', '-c', 'echo begun'];
    const { status, stdout, stderr } = await ct(run, { env: alone() });
    server.close();
    expect([status, stdout.toString()]).toEqual([125, '']);
    expect(stderr).toContain(`port 127.0.0.1:${port} of this host is taken`);
  });
});

describe('a permissive session', () => {
  it('reaches public hosts but neither this host nor private addresses', async () => {
    const server = await listening(
      createServer((socket) => socket.end('host')),
      '0.0.0.0',
    );
    const port = portOf(server);
    const script = `python3 -c "
import socket
for host in '${hostPlaces().join(' ')}'.split():
    try:
        socket.create_connection((host, ${port}), 3).close(); print('OPEN', host)
    except OSError as error:
        print('closed')"; ls /sys/class/net | grep -v '^lo$' | wc -l`;
    const { stdout, stderr } = await ct(['run', '-n', 'permissive', 'shell', '-c', script], {
      env: { XDG_CONFIG_HOME: configured(''), ...alone() },
    });
    server.close();
    expect(stdout.toString(), stderr).not.toContain('OPEN');
    expect(stdout.toString()).toContain('closed');
    expect(stdout.toString().trim().endsWith('1')).toBe(true);
  });
});

/** The first of this host's own apt sources, on one line. */
function aptLine(): string {
  const dir = '/etc/apt/sources.list.d';
  const files = [...readdirSync(dir).map((name) => `${dir}/${name}`), '/etc/apt/sources.list'];
  const text = files
    .map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
    .join('\n\n');
  const [, uri] = /^URIs:\s*(\S+)/mu.exec(text) ?? /^deb (?:\[[^\]]*\] )?(\S+)/mu.exec(text) ?? [];
  const [, suite] =
    /^Suites:\s*(\S+)/mu.exec(text) ?? /^deb (?:\[[^\]]*\] )?\S+ (\S+)/mu.exec(text) ?? [];
  return `deb [trusted=yes] ${uri ?? ''} ${suite ?? ''} main`;
}

/** A program of the host with its libraries and their loader, so that it runs over another libc. */
function takeAlong(name: string, cwd: string): void {
  mkdirSync(`${cwd}/lib`);
  copyFileSync(`/usr/bin/${name}`, `${cwd}/${name}`);
  const listed = execFileSync('ldd', [`/usr/bin/${name}`], { encoding: 'utf8' });
  for (const [, library = ''] of listed.matchAll(/=> (\/\S+)/gu)) {
    copyFileSync(library, `${cwd}/lib/${library.slice(library.lastIndexOf('/') + 1)}`);
  }
  const [, loader = ''] = /^\s*(\/\S*ld-\S+)/mu.exec(listed) ?? [];
  copyFileSync(loader, `${cwd}/lib/loader`);
}

function makeRepository(path: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      stdio: 'ignore',
    });
  const work = `${path}.work`;
  git('init', '-q', '-b', 'main', work);
  writeFileSync(`${work}/file`, 'from git\n');
  git('-C', work, 'add', '.');
  git('-C', work, 'commit', '-q', '-m', 'first');
  git('clone', '-q', '--bare', work, path);
  git('-C', path, 'update-server-info');
}

function hostPlaces(): readonly string[] {
  const own = readFileSync('/proc/net/fib_trie', 'utf8').matchAll(
    /(\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/gu,
  );
  return [...new Set([...own].map(([, address = '']) => address)), '10.0.2.2', '169.254.1.2'];
}

async function fetched(port: number): Promise<number | undefined> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`)).status;
  } catch {
    return undefined;
  }
}
