import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { PROFILE_NAMES } from '../../src/sandbox/seccomp/use.ts';
import { openTestEngine } from './support/engine-fixture.ts';
import { lookScript, looksIn } from './support/look-at-page.ts';
import { runUnder, workloadImage } from './support/workloads.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  engine = await openTestEngine();
  image = await workloadImage(engine);
});
afterAll(() => engine.close());

const run = (profile: string, script: string) => runUnder(profile, script, { engine, image });

/** What has to work under every profile, and what it says when it does. */
const EVERYWHERE: readonly (readonly [name: string, script: string, says: RegExp])[] = [
  [
    'node: server, worker, child, compression, interfaces',
    `node -e '
      const { Worker } = require("worker_threads"), http = require("http"), zlib = require("zlib");
      const child = require("child_process").execFileSync("echo", ["child"]).toString();
      new Worker("require(\\"worker_threads\\").parentPort.postMessage(1)", { eval: true }).on("message", () => {
        const server = http.createServer((_, answer) => answer.end(zlib.gzipSync("x"))).listen(0, "127.0.0.1", () =>
          fetch("http://127.0.0.1:" + server.address().port).then((r) => r.arrayBuffer()).then((b) => {
            console.log(child.trim(), b.byteLength > 0, require("os").networkInterfaces().lo.length > 0);
            server.close();
          }));
      });'`,
    /^child true true$/mu,
  ],
  [
    'npm: install of a local package and its script',
    `mkdir lib app && cd lib && printf '{"name":"lib","version":"1.0.0"}' > package.json && cd ../app &&
     printf '{"name":"app","version":"1.0.0","scripts":{"go":"node -p 40+2"}}' > package.json &&
     npm install --offline --no-audit --no-fund ../lib >/dev/null && npm run -s go`,
    /^42$/mu,
  ],
  [
    'git: commit, clone, worktree, gc, fsck',
    `export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
     git init -q r && cd r && echo x > f && git add f && git commit -qm m && git clone -q . ../c &&
     git worktree add -q ../w && git gc -q && git fsck && git -C ../c log --format=%s`,
    /^m$/mu,
  ],
  [
    'python3: threads, processes, sqlite, sockets, terminals',
    `cat > p.py <<'END'
import asyncio, multiprocessing, pty, sqlite3, socket, ssl, subprocess
def double(x): return 2 * x
async def main():
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    server.close()
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool: print(pool.map(double, [20, 21]))
    base = sqlite3.connect("d.db"); base.execute("pragma journal_mode=wal"); base.execute("create table t(a)")
    asyncio.run(main()); pty.openpty(); socket.socketpair(); ssl.create_default_context()
    print(subprocess.check_output(["echo", "done"]).decode().strip())
END
     python3 p.py`,
    /^\[40, 42\]\n\[40, 42\]\ndone$/mu,
  ],
  [
    'gcc and make, with threads',
    `printf '#include <pthread.h>\\n#include <stdio.h>\\nvoid *f(void *x) { puts("thread"); return x; }\\nint main(void) { pthread_t t; return pthread_create(&t, 0, f, 0) || pthread_join(t, 0); }\\n' > a.c
     printf 'a: a.c\\n\\tgcc -pthread -o a a.c\\n' > Makefile && make -s && ./a`,
    /^thread$/mu,
  ],
  ['ripgrep', 'mkdir d && echo needle > d/f && rg needle d', /needle/u],
  [
    'tar, gzip, mkfifo, ssh-keygen, ps',
    `mkfifo f && echo x > g && tar -czf a.tgz f g && tar -tzf a.tgz && ssh-keygen -qt ed25519 -N '' -f k && ps -e | grep -c bash`,
    /^f\ng\n/mu,
  ],
];

describe.each(PROFILE_NAMES)('under %s', (profile) => {
  it.each(EVERYWHERE)('%s', async (_name, script, says) => {
    const done = await run(profile, script);
    expect(done.stdout, done.stderr).toMatch(says);
    expect({ status: done.status, stderr: done.stderr }).toMatchObject({ status: 0 });
  });
});

/** What works only where the profile is made for it. */
const SPECIAL: readonly (readonly [
  name: string,
  profiles: readonly string[],
  script: string,
  says: RegExp,
])[] = [
  [
    'Chromium with its own sandbox',
    ['browser', 'nested'],
    `export HOME=/tmp; echo '<p id=x></p><script>x.textContent = 6 * 7</script>' > p.html
     timeout 60 chromium-headless-shell --disable-gpu --dump-dom file:///tmp/p.html`,
    /<p id="x">42<\/p>/u,
  ],
  [
    'bubblewrap',
    ['nested'],
    'bwrap --unshare-user --unshare-pid --unshare-net --ro-bind / / --dev /dev --tmpfs /tmp sh -c "echo inside; ls /tmp | wc -l"',
    /^inside\n0$/mu,
  ],
  ['strace', ['debug'], 'strace -f -o log sh -c "cat /etc/hostname" && grep -c execve log', /\d/u],
  [
    'gdb',
    ['debug'],
    'gdb -batch -ex "break main" -ex run -ex "info registers rip pc" -ex kill --args /bin/true 2>&1; gdb -batch -ex starti -ex "x/i \\$pc" /bin/true',
    /=> 0x/u,
  ],
];

describe.each(SPECIAL)('%s', (_name, profiles, script, says) => {
  it.each(PROFILE_NAMES.filter((name) => profiles.includes(name)))(
    'works under %s',
    async (name) => {
      const done = await run(name, script);
      expect(done.stdout, done.stderr).toMatch(says);
      expect(done.status).toBe(0);
    },
  );

  it.each(PROFILE_NAMES.filter((name) => !profiles.includes(name)))(
    'is refused under %s',
    async (name) => {
      const done = await run(name, script);
      expect(done.stdout).not.toMatch(says);
      expect(done.stderr + done.stdout).toMatch(
        /not permitted|No permissions|No usable sandbox|denied|Fatal|FATAL/u,
      );
    },
  );
});

describe('Chromium without its sandbox, where the session is the sandbox', () => {
  it.each(['strict', 'default'])('works under %s', async (name) => {
    const script = `export HOME=/tmp; echo '<p id=x></p><script>x.textContent = 6 * 7</script>' > p.html
      timeout 60 chromium-headless-shell --no-sandbox --disable-gpu --dump-dom file:///tmp/p.html`;
    const done = await run(name, script);
    expect(done.stdout, done.stderr).toContain('<p id="x">42</p>');
  });
});

// Here since this image has a browser.
describe('the page of ct bench', () => {
  it('is laid out by Chromium, on a wide and a narrow window, and loads nothing', async () => {
    const done = await run('default', lookScript([1000, 420]));
    const looks = looksIn(done.stdout);
    expect(looks, done.stderr).toHaveLength(2);
    for (const look of looks) {
      const { bars, medians, ...rest } = look;
      expect(rest).toEqual({
        ...{ drawings: 9, texts: rest.texts, outside: [], onEachOther: [] },
        ...{ isTooWide: false, loaded: 0, hasColours: true },
      });
      expect(rest.texts).toBeGreaterThan(60);
      // What takes three times as long is three times as wide, wherever it is drawn.
      expect(bars.slice(0, 2).map(([phase]) => phase)).toEqual(['parse', 'init']);
      expect((bars[1]?.[1] ?? 0) / (bars[0]?.[1] ?? 1)).toBeCloseTo(3, 1);
      // ct took longer than its peer: its mark is further right.
      expect(medians[0]).toBeGreaterThan((medians[1] ?? 0) + 10);
    }
  });
});
