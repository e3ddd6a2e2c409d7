import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ct, project, type Done } from './support/ct.ts';
import { EXPECTED, RESIDUALS } from './support/lab/expected.ts';
import { configured, startLab, type Lab } from './support/lab/lab.ts';

let lab: Lab;
let config: string;
let seen: Readonly<Record<string, unknown>>;

const CONFIG = `
[network]
mode = "strict"
allowed_domains = ["*.example.test", "*.wild.test"]
ports = ["443", "80", "9000", "9001", "9002"]
registries = false
[network.host_services]
db = "127.0.0.1:9001"
`;

beforeAll(async () => {
  lab = await startLab();
  config = configured(CONFIG);
  const { status, stdout, stderr } = await inStrict('python3 attack.py tries.py', [
    'attack.py',
    'tries.py',
  ]);
  if (status !== 0) throw new Error(stderr);
  seen = JSON.parse(stdout.toString()) as typeof seen;
});

afterAll(() => lab.stop());

/** Runs a script in a session that the lab serves, with files of the lab in its project. */
function inStrict(script: string, files: readonly string[] = []): Promise<Done> {
  const cwd = project();
  for (const name of files) {
    copyFileSync(fileURLToPath(new URL(`support/lab/${name}`, import.meta.url)), `${cwd}/${name}`);
  }
  return ct(['run', '-n', 'strict', 'shell', '-c', script], {
    cwd,
    env: { ...lab.env, XDG_CONFIG_HOME: config },
  });
}

describe('a program inside a strict session', () => {
  it.each(Object.entries(EXPECTED))('that tries %s gets what it should', (name, expected) => {
    expect(seen[name]).toEqual(expected);
  });

  it.each(Object.entries(RESIDUALS))('passes with the known %s', (name, expected) => {
    expect(seen[name]).toEqual(expected);
  });
});

describe('what left the host', () => {
  it('is nothing that was not allowed: no question for another name, no request for another host', () => {
    const names = lab.world().flatMap(({ kind, name }) => (kind === 'dns' ? (name ?? '') : []));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !/\.(example|wild)\.test$/u.test(name))).toEqual([]);
    const foreign = lab.world().filter(({ kind, host }) => kind === 'http' && host === 'evil.test');
    // The one residual, over HTTP/1 and HTTP/2: what is within TLS, nobody sees.
    expect(foreign).toHaveLength(2);
  });

  it('reached none of the metadata, private and carrier addresses', () => {
    const places = lab.world().map(({ to }) => to ?? '');
    expect(places.filter((to) => /(^|:)(169\.254|10\.99|100\.64)\./u.test(to))).toEqual([]);
  });

  it('reached nothing on the host itself but the named service', () => {
    expect(lab.host().map(({ kind }) => kind)).toEqual(['echo']);
  });
});

describe('ten thousand names through a wildcard', () => {
  it('are capped, told in the log, and cost no other name', async () => {
    const { stdout, stderr } = await inStrict(`python3 - <<'END'
import socket
first = socket.gethostbyname('keep.example.test')
count = 0
for i in range(10000):
    try:
        socket.gethostbyname('n%d.wild.test' % i)
        count += 1
    except OSError:
        pass
import time
time.sleep(2)  # the flood is over: what the limit of questions dropped is asked again
print(count, first == socket.gethostbyname('keep.example.test'))
END`);
    expect(stdout.toString(), stderr).not.toBe('');
    const [count, same] = stdout.toString().trim().split(' ');
    expect(Number(count)).toBeGreaterThan(50);
    expect(Number(count)).toBeLessThan(500);
    expect(same).toBe('True');
    expect(stderr).toContain('too many new names');
  });
});

describe('two sessions', () => {
  it('share no address, no socket and no listener', async () => {
    const script = `python3 -c "
import socket
print(socket.gethostbyname('only-mine.wild.test'))
s = socket.socket(); s.bind(('127.0.0.1', 8080)); s.listen()
import time; time.sleep(2)"`;
    const peer = `python3 -c "
import socket, time
time.sleep(1)
for host, port in (('198.18.0.1', 443), ('127.0.0.1', 8080), ('10.64.0.2', 8080)):
    try:
        s = socket.create_connection((host, port), 3); s.sendall(b'x'); print(s.recv(1) or 'closed')
    except OSError as error:
        print(type(error).__name__)"`;
    const [first, second] = await Promise.all([inStrict(script), inStrict(peer)]);
    expect(first.stdout.toString().trim()).toBe('198.18.0.1');
    expect(second.stdout.toString().trim().split('\n')).toEqual([
      'ConnectionResetError',
      'ConnectionRefusedError',
      'ConnectionRefusedError',
    ]);
  });

  it('see no socket of the host in their file system', async () => {
    const { stdout } = await inStrict('find / -xdev -type s 2>/dev/null; find /run /tmp -type s');
    expect(stdout.toString()).toBe('');
  });
});

describe('a unix socket that a program of the host listens on', () => {
  // Some versions of Node fill an abstract name up with zeros.
  const connecting = (place: string): string => `python3 -c "
import socket
def tried(place):
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            sock.connect(place); return sock.recv(9).decode()
        except OSError as error:
            return type(error).__name__
print(max(tried('${place}'), tried('${place}'.ljust(108, '\\0')) if '${place}'[0] == '\\0' else ''))"`;
  const served = async (path: string, work: () => Promise<Done>): Promise<string> => {
    const server = createServer((socket) => socket.end('reached'));
    await new Promise<void>((resolve) => server.listen(path, () => resolve()));
    try {
      return (await work()).stdout.toString().trim();
    } finally {
      server.close();
    }
  };

  it('in the project is hidden, unless it is to be seen', async () => {
    const cwd = project();
    const run = (...options: string[]) =>
      served(`${cwd}/tool.sock`, () =>
        ct(['run', '-n', 'offline', ...options, 'shell', '-c', connecting('tool.sock')], { cwd }),
      );
    expect(await run()).toBe('PermissionError');
    expect(await run('--visible', 'tool.sock')).toBe('reached');
  });

  it('in the abstract namespace is not there', async () => {
    const name = `ct-lab-${process.pid}`;
    const reach = connecting(`\\0${name}`);
    const [inside, outside] = [
      await served(`\0${name}`, () => inStrict(reach)),
      await served(`\0${name}`, () => ct(['-c', reach], { program: ['sh'] })),
    ];
    expect([inside, outside]).toEqual(['ConnectionRefusedError', 'reached']);
  });
});

describe('a slow client', () => {
  it('of TLS is let go and does not hold anybody up', async () => {
    const { stdout } = await inStrict(`python3 - <<'END'
import socket, time
slow = [socket.create_connection(('www.example.test', 443)) for _ in range(50)]
for s in slow: s.sendall(b'\\x16')
begin = time.time()
s = socket.create_connection(('www.example.test', 80)); s.sendall(b'GET / HTTP/1.1\\r\\nHost: www.example.test\\r\\n\\r\\n')
print(s.recv(15).decode(), time.time() - begin < 5)
slow[0].settimeout(25)
try:
    print(slow[0].recv(1) or 'closed')
except OSError as error:
    print(type(error).__name__)
END`);
    expect(stdout.toString().trim().split('\n')).toEqual([
      'HTTP/1.1 200 OK True',
      'ConnectionResetError',
    ]);
  });
});

describe('a permissive session', () => {
  it('reaches what is public, and nothing that is blocked, private or this host', async () => {
    const places = {
      'http://www.example.test/': '200 0',
      'http://evil.test/': '200 0',
      'http://api.example.test/': '000 6',
      'http://other.test/': '000 7',
      'http://198.51.100.21/': '000 7',
      'http://169.254.169.254/': '000 7',
      'http://10.99.0.5/': '000 7',
      'http://100.64.7.7/': '000 7',
      'http://198.51.100.1:9001/': '000 7',
    };
    const before = lab.world().length;
    const script = Object.keys(places)
      .map((url) => `echo "${url} $(curl -s -m 5 -o /dev/null -w '%{http_code}' ${url}) $?"`)
      .join('\n');
    const blocking = configured(`[network]
blocked_domains = ["api.example.test"]
blocked_ips = ["198.51.100.21"]
`);
    const { stdout, stderr } = await ct(['run', '-n', 'permissive', 'shell', '-c', script], {
      env: { ...lab.env, XDG_CONFIG_HOME: blocking },
    });
    const seen = stdout.toString().trim().split('\n');
    expect(seen, stderr).toEqual(Object.entries(places).map(([url, how]) => `${url} ${how}`));
    const reached = lab
      .world()
      .slice(before)
      .filter(({ kind }) => kind === 'http');
    expect(reached.map(({ host }) => host)).toEqual(['www.example.test', 'evil.test']);
  });

  /** Tries to reach places in Python; resolves to what came of each, and what ct said. */
  async function tried(tries: Readonly<Record<string, string>>) {
    const script = String.raw`import socket
def datagram(family, place):
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(3); sock.connect((place, 9004))
        # A datagram may be lost, the first to a neighbour that is not known yet above all.
        for last in (False, False, True):
            sock.send(b'there')
            try: return sock.recv(9)
            except TimeoutError:
                if last: raise
def http(place, port=80):
    with socket.create_connection((place, port), 9) as sock:
        sock.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'); return sock.recv(12)
def tried(name, work):
    try: print(name, work().decode())
    except (ConnectionRefusedError, PermissionError): print(name, 'refused at once')
    except OSError as error: print(name, error.strerror)
`;
    const cwd = project();
    const lines = Object.entries(tries).map(
      ([name, work]) => `tried('${name}', lambda: ${work})\n`,
    );
    writeFileSync(`${cwd}/tries.py`, script + lines.join(''));
    const blocking = configured('[network]\nblocked_ips = ["2001:db8:77::fe", "198.51.100.21"]\n');
    const { stdout, stderr } = await ct(
      ['run', '-n', 'permissive', 'shell', '-c', 'python3 tries.py'],
      { cwd, env: { ...lab.env, XDG_CONFIG_HOME: blocking } },
    );
    return { seen: stdout.toString().trim().split('\n'), stderr };
  }

  it('has the UDP and the IPv6 of its uplink, walled in like the rest', async () => {
    const { seen, stderr } = await tried({
      udp: "datagram(socket.AF_INET, '198.51.100.10')",
      udp6: "datagram(socket.AF_INET6, '2001:db8:77::10')",
      http6: "http('2001:db8:77::10')",
      blocked: "datagram(socket.AF_INET, '198.51.100.21')",
      blocked6: "http('2001:db8:77::fe')",
      host: "datagram(socket.AF_INET, '198.51.100.1')",
      host6: "http('2001:db8:77::1')",
    });
    expect(seen, stderr).toEqual([
      'udp there',
      'udp6 there',
      'http6 HTTP/1.1 200',
      ...['blocked', 'blocked6', 'host', 'host6'].map((name) => `${name} refused at once`),
    ]);
    // The host's addresses are the session's own inside (pasta): nobody listens there, and nothing leaves.
    const why = stderr
      .split('\n')
      .flatMap((line) => /^ct: {3}(\S+) +1× +(.*)/u.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(why.sort(), stderr).toEqual([
      "198.51.100.21:9004 blocked; ct network remove '198.51.100.21'",
      "[2001:db8:77::fe]:80 blocked; ct network remove '2001:db8:77::fe'",
    ]);
  });

  it('goes by slirp4netns where there is no pasta, without IPv6 and without a way to the host', async () => {
    const before = lab.host().length;
    const { seen, stderr } = await lab.without('pasta', () =>
      tried({
        http: "http('198.51.100.10')",
        udp: "datagram(socket.AF_INET, '198.51.100.10')",
        http6: "http('2001:db8:77::10')",
        blocked: "datagram(socket.AF_INET, '198.51.100.21')",
        host: "http('198.51.100.1', 9001)",
        loopback: "http('10.0.2.2', 9001)",
      }),
    );
    expect(seen, stderr).toEqual([
      'http HTTP/1.1 200',
      'udp there',
      'http6 Network is unreachable',
      ...['blocked', 'host', 'loopback'].map((name) => `${name} refused at once`),
    ]);
    expect(lab.host().slice(before)).toEqual([]);
    expect(stderr).toMatch(/198\.51\.100\.1:9001 +1× +leads to this host/u);
  });
});
