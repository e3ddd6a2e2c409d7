import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack } from 'tar-stream';
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  it as vitestIt,
  type TestContext,
} from 'vitest';
import { isCtError } from '../../src/base/errors.ts';
import type { ContainerSpec, Engine, ExitNote, ProcessStreams } from '../../src/engine/engine.ts';
import type { Mount, SandboxSpec } from '../../src/sandbox/spec.ts';
import {
  collect,
  containerSpec,
  exitOf,
  outputOf,
  startProgram,
  TEST_LABEL,
} from '../integration/support/engine-fixture.ts';

/** How long an engine may take for what it does at once on a machine that has nothing else to do. */
const PATIENCE = { timeout: 60_000 };

/** One engine under the contract. */
export interface Candidate {
  /** What `info` must say */
  readonly product: string;
  open(): Promise<Engine>;
  /** Reference of an image like a session's, which is there */
  image(): Promise<string>;
  /** Titles of tests that cannot hold there, with the reason: they show as skipped, never as passed */
  readonly skips: Readonly<Record<string, string>>;
}

/**
 * What every engine must do, with the same assertions for each. The file that calls it says which engine
 * and which of the tests cannot hold there.
 */
export function engineContract(candidate: Candidate): void {
  let engine: Engine;
  let image: string;
  const made: string[] = [];
  const met = new Set<string>();
  const scratch = mkdtempSync(join(process.env['HOME'] ?? '/tmp', 'ct-engine-test-'));

  /** A test of the contract, unless this engine has a reason not to hold it. */
  function it(title: string, body: () => Promise<void>): void {
    met.add(title);
    const reason = candidate.skips[title];
    vitestIt(title, async (context: TestContext) => {
      if (reason !== undefined) context.skip(reason);
      await body();
    });
  }

  beforeAll(async () => {
    engine = await candidate.open();
    image = await candidate.image();
  });
  afterEach(async () => {
    await Promise.all(made.splice(0).map((id) => engine.remove(id)));
  });
  afterAll(async () => {
    for (const left of await engine.list([TEST_LABEL])) await engine.remove(left.id);
    await engine.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  interface Run {
    readonly id: string;
    readonly streams: ProcessStreams;
  }

  /** create → init → attach → start, as a session does it. */
  async function begin(
    command: readonly string[],
    change: Partial<SandboxSpec> & { readonly spec?: Partial<ContainerSpec> } = {},
  ): Promise<Run> {
    const { spec: outer, ...sandbox } = change;
    const spec = { ...containerSpec(image, command, sandbox), ...outer };
    const { id, warnings } = await engine.create(spec);
    made.push(id);
    expect(warnings).toEqual([]);
    await engine.init(id);
    const streams = await engine.attach(id, {
      stdin: true,
      terminal: spec.sandbox.terminal,
      fresh: true,
    });
    await startProgram(engine, id);
    return { id, streams };
  }

  async function run(
    command: readonly string[],
    change: Parameters<typeof begin>[1] = {},
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: number }> {
    const { id, streams } = await begin(command, change);
    streams.stdin.end();
    const output = await outputOf(streams);
    return { ...output, status: await exitOf(engine, id) };
  }

  /** Of a container that runs when this resolves, and may have ended. */
  async function noteOfRun(script: string): Promise<ExitNote> {
    const { id, streams } = await begin(sh(script));
    const note = engine.exitNote(id, (await engine.inspect(id)).pid);
    expect(note?.()).toBeUndefined();
    streams.stdin.end('go\n');
    await outputOf(streams);
    return note ?? (() => undefined);
  }

  const sh = (script: string): readonly string[] => ['/bin/sh', '-c', script];

  async function codeOf(call: Promise<unknown>): Promise<string> {
    try {
      await call;
    } catch (thrown) {
      return isCtError(thrown) ? thrown.code : `not translated: ${String(thrown)}`;
    }
    return 'no error';
  }

  describe('the engine itself', () => {
    it('says what it is', async () => {
      const info = await engine.info();
      expect(info).toMatchObject({ product: candidate.product, rootless: true });
      expect(info.version).toMatch(/^\d+\.\d+/u);
      expect(info.ociRuntime.name).toMatch(/^(crun|runc)$/u);
      expect(info.address).toMatch(/^unix:\/\/\//u);
    });
  });

  describe('a container', () => {
    it('keeps stdout and stderr apart and gives the exact exit status', async () => {
      const { stdout, stderr, status } = await run(sh('echo out; echo err >&2; exit 37'));
      expect({ stdout, stderr, status }).toEqual({ stdout: 'out\n', stderr: 'err\n', status: 37 });
    });

    it('runs with the promised walls', async () => {
      const { stdout } = await run(
        sh(
          'grep -E "^(Cap(Prm|Eff|Bnd)|NoNewPrivs|Seccomp):" /proc/self/status; id -u; id -G; touch /x 2>&1; cat /proc/net/dev | wc -l',
        ),
      );
      expect(stdout).toContain('CapPrm:\t0000000000000000');
      expect(stdout).toContain('CapEff:\t0000000000000000');
      expect(stdout).toContain('CapBnd:\t0000000000000000');
      expect(stdout).toContain('NoNewPrivs:\t1');
      expect(stdout).toContain('Seccomp:\t2');
      expect(stdout).toMatch(/\n1000\n1000\n/u);
      expect(stdout).toContain('Read-only file system');
      expect(stdout.trim().endsWith('3')).toBe(true);
    });

    it('has the environment of the spec and nothing of the image or the engine', async () => {
      const { stdout } = await run(['/usr/bin/env'], {
        env: { PATH: '/bin', HOME: '/tmp', A: 'b c' },
      });
      const names = stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=')[0]);
      // libpod adds the host name, which is ours too.
      expect(names.filter((name) => name !== 'HOSTNAME').sort()).toEqual(['A', 'HOME', 'PATH']);
    });

    it('does not show the host in /etc/hosts', async () => {
      const { stdout } = await run(['/bin/cat', '/etc/hosts']);
      expect(stdout).not.toContain('host.containers.internal');
    });

    it('mounts directories, volumes and memory as asked', async () => {
      const source = mkdtempSync(join(scratch, 'we ird,na:me\n'));
      writeFileSync(join(source, 'file'), 'hello');
      const volume = `ct-engine-test-${randomBytes(4).toString('hex')}`;
      await engine.volumes.ensure(volume, { [TEST_LABEL]: '1' });
      const mounts: Mount[] = [
        { kind: 'bind', source, target: '/rw dir', readOnly: false },
        { kind: 'bind', source, target: '/ro', readOnly: true },
        { kind: 'volume', name: volume, target: '/vol', readOnly: false },
        { kind: 'tmpfs', target: '/mem', sizeBytes: 1024 * 1024, modeOctal: 0o1777, exec: false },
      ];
      const { stdout } = await run(
        sh(
          'cat /ro/file; touch "/rw dir/new" /vol/new && echo written; touch /ro/no 2>&1; stat -c %a /mem; head -c 2000000 /dev/zero 2>&1 >/mem/x || echo full; grep -c " /mem .*nosuid,nodev,noexec" /proc/self/mounts; grep -cE " /(rw.040dir|ro|vol) .*nosuid,nodev" /proc/self/mounts',
        ),
        { mounts },
      );
      expect(stdout).toMatch(/^hellowritten\n.*Read-only file system\n1777\n.*full\n1\n3\n$/su);
      expect(statSync(join(source, 'new')).uid).toBe(process.getuid?.());
      const info = await engine.volumes.inspect(volume);
      expect(info?.labels[TEST_LABEL]).toBe('1');
      expect(statSync(join(info?.path ?? '', 'new')).uid).toBe(process.getuid?.());
      await Promise.all(made.splice(0).map((id) => engine.remove(id)));
      await engine.volumes.remove(volume);
      await engine.volumes.remove(volume);
      expect(await engine.volumes.inspect(volume)).toBeUndefined();
    });

    it('has loopback and nothing else', async () => {
      expect((await run(sh('ls /sys/class/net'))).stdout.trim()).toBe('lo');
    });

    it('passes 20 MB of binary input through unchanged and sees its end', async () => {
      const data = randomBytes(20 * 1024 * 1024);
      const { id, streams } = await begin(['/bin/cat']);
      Readable.from([data]).pipe(streams.stdin);
      const back = await collect(streams.stdout);
      expect(createHash('sha256').update(back).digest('hex')).toBe(
        createHash('sha256').update(data).digest('hex'),
      );
      expect(await exitOf(engine, id)).toBe(0);
    });

    it('carries a lot of output in little memory', async () => {
      const bytes = 256 * 1024 * 1024;
      const { streams } = await begin(sh(`head -c ${bytes} /dev/zero`));
      streams.stderr?.resume();
      let seen = 0;
      let most = 0;
      for await (const chunk of streams.stdout) {
        seen += (chunk as Buffer).length;
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }
      await streams.ended;
      expect(seen).toBe(bytes);
      expect(most).toBeLessThan(100 * 1024 * 1024);
    });

    it('blocks the writer inside while nobody reads', async () => {
      const { id, streams } = await begin(sh('head -c 50000000 /dev/zero; echo done >&2'));
      streams.stderr?.resume();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect((await engine.inspect(id)).status).toBe('running');
      expect((await collect(streams.stdout)).length).toBe(50_000_000);
    });

    it('has a terminal of the asked size', async () => {
      const { id, streams } = await begin(sh('read -r line; stty size; tty; exit 5'), {
        terminal: true,
      });
      await engine.resize(id, { columns: 91, rows: 33 });
      streams.stdin.write('go\n');
      expect((await collect(streams.stdout)).toString()).toContain('33 91\r\n/dev/pts/0');
      expect(streams.stderr).toBeUndefined();
      expect(await exitOf(engine, id)).toBe(5);
    });

    it('takes a signal, and a second one after its end in silence', async () => {
      const { id, streams } = await begin(
        sh('trap "exit 9" TERM; echo up; while :; do sleep 0.05; done'),
      );
      streams.stderr?.resume();
      await new Promise((resolve) => streams.stdout.once('data', resolve));
      await engine.signal(id, 'SIGTERM');
      await streams.ended;
      expect(await exitOf(engine, id)).toBe(9);
      await engine.signal(id, 'SIGTERM');
    });

    it('has the exact status of its end noted, which nobody has to ask the engine for', async () => {
      for (const status of [0, 37, 255]) {
        let noted: number | undefined;
        // Podman takes the note away when it cleans up, which a busy machine may come too late for.
        for (let tries = 0; tries < 3 && noted === undefined; tries++) {
          const note = await noteOfRun(`read -r line; exit ${status}`);
          for (let looks = 0; looks < 500 && noted === undefined; looks++) {
            noted = note();
            await sleep(1);
          }
        }
        expect(noted).toBe(status);
      }
    });

    it('answers a wait that was under way although it removes itself', async () => {
      const { id, streams } = await begin(sh('read -r line; exit 23'), {
        spec: { autoRemove: true },
      });
      const waiting = engine.wait(id);
      streams.stdout.resume();
      streams.stderr?.resume();
      streams.stdin.end('go\n');
      expect(await waiting).toBe(23);
      expect(await codeOf(eventuallyGone(id))).toBe('not_found');
    });

    it('with a terminal can be left and attached to again', async () => {
      const { id, streams } = await begin(sh('while read -r line; do echo "got $line"; done'), {
        terminal: true,
      });
      streams.close();
      const again = await engine.attach(id, { stdin: true, terminal: true });
      const seen: string[] = [];
      again.stdout.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      again.stdin.write('two\n');
      await expect.poll(() => seen.join(''), PATIENCE).toContain('got two');
      again.close();
    });

    for (const terminal of [false, true]) {
      const kind = terminal ? 'with a terminal' : 'with streams';
      it(`${kind} that was left never waits for a reader, and can be attached to`, async () => {
        const script =
          'head -c 300000 /dev/zero; touch /tmp/written; read -r line; echo "got $line"';
        const { id } = await engine.create(containerSpec(image, sh(script), { terminal }));
        made.push(id);
        await engine.init(id);
        await engine.leave(id);
        await startProgram(engine, id);
        await expect.poll(() => exists(id, '/tmp/written'), PATIENCE).toBe(true);
        const streams = await engine.attach(id, { stdin: true, terminal });
        streams.stdin.end('on\n');
        expect((await outputOf(streams)).stdout).toMatch(/got on\r?\n$/u);
        expect(await exitOf(engine, id)).toBe(0);
      });
    }

    /** Whether a file is there inside. */
    async function exists(id: string, path: string): Promise<boolean> {
      const args = ['/usr/bin/test', '-e', path];
      const user = { uid: 1000, gid: 1000 };
      const options = { args, user, env: {}, cwd: '/', terminal: false, stdin: false };
      const process = await engine.exec(id, options);
      await outputOf(process);
      return (await process.wait()) === 0;
    }

    it('refuses to be attached to once it has ended, and stays ended', async () => {
      const { id, streams } = await begin(['/bin/true']);
      await outputOf(streams);
      await exitOf(engine, id);
      const late = engine.attach(id, { stdin: true, terminal: false });
      expect(await codeOf(late)).toBe('failed_precondition');
      expect((await engine.inspect(id)).status).toBe('exited');
    });

    it('is found by its labels until it is removed, twice', async () => {
      const { id } = await begin(sh('read -r line'));
      const mine = await engine.list([`${TEST_LABEL}=${process.pid}`]);
      expect(mine.map((row) => row.id)).toContain(id);
      expect(mine.find((row) => row.id === id)).toMatchObject({ status: 'running' });
      expect(await engine.list([`${TEST_LABEL}=other`])).toEqual([]);
      await engine.remove(id);
      await engine.remove(id);
      expect((await engine.list([TEST_LABEL])).map((row) => row.id)).not.toContain(id);
    });
  });

  async function eventuallyGone(id: string): Promise<void> {
    const deadline = performance.now() + PATIENCE.timeout;
    while (performance.now() < deadline) {
      await engine.inspect(id);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  describe('what an engine refuses', () => {
    it('says what is missing or taken', async () => {
      const spec = containerSpec(image, ['/bin/true']);
      expect(
        await codeOf(
          engine.create({ ...spec, sandbox: { ...spec.sandbox, image: 'localhost/ct/no:t' } }),
        ),
      ).toBe('not_found');
      made.push((await engine.create(spec)).id);
      expect(await codeOf(engine.create(spec))).toBe('already_exists');
      expect(await codeOf(engine.inspect('no-such-container'))).toBe('not_found');
      expect(await codeOf(engine.wait('no-such-container'))).toBe('not_found');
      expect(
        await codeOf(engine.attach('no-such-container', { stdin: true, terminal: false })),
      ).toBe('not_found');
      expect(await engine.images.inspect('localhost/ct/no:t')).toBeUndefined();
    });

    it('names a program that is missing or cannot be executed', async () => {
      for (const [program, exitStatus, code] of [
        ['/bin/nope', 127, 'not_found'],
        ['/etc/passwd', 126, 'permission_denied'],
      ] as const) {
        const { id } = await engine.create(containerSpec(image, [], { args: [program] }));
        made.push(id);
        await expect(engine.init(id)).rejects.toMatchObject({ code, details: { exitStatus } });
      }
    });

    it('says so when a directory to mount is not there', async () => {
      const mounts: Mount[] = [
        { kind: 'bind', source: `${scratch}/not-here`, target: '/x', readOnly: false },
      ];
      expect(await codeOf(run(['/bin/true'], { mounts }))).toBe('not_found');
    });

    it('stops when the caller does', async () => {
      const abort = AbortSignal.timeout(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await codeOf(engine.create(containerSpec(image, ['/bin/true']), abort))).toBe(
        'canceled',
      );
    });
  });

  describe('exec', () => {
    const user = { uid: 1000, gid: 1000 };
    const base = { env: { A: 'b' }, cwd: '/tmp', user, terminal: false, stdin: false };

    it('gives output, environment, directory and status', async () => {
      const { id } = await begin(['/bin/sleep', '60']);
      const process = await engine.exec(id, {
        ...base,
        args: sh('echo "$A"; pwd; echo err >&2; exit 7'),
      });
      expect(await outputOf(process)).toEqual({ stdout: 'b\n/tmp\n', stderr: 'err\n' });
      expect(await process.wait()).toBe(7);
    });

    it('has the exit status of very short programs', async () => {
      const { id } = await begin(['/bin/sleep', '60']);
      for (const status of [0, 1, 255]) {
        const process = await engine.exec(id, { ...base, args: sh(`exit ${status}`) });
        process.stdout.resume();
        process.stderr?.resume();
        expect(await process.wait()).toBe(status);
      }
    });

    it('ends with 127 and 126 where a shell would', async () => {
      const { id } = await begin(['/bin/sleep', '60']);
      for (const [program, status] of [
        ['/bin/nope', 127],
        ['/etc/passwd', 126],
      ] as const) {
        const process = await engine.exec(id, { ...base, args: [program] });
        await outputOf(process);
        expect(await process.wait()).toBe(status);
      }
      const missing = await engine.exec(id, { ...base, args: ['/bin/nope'] });
      expect(await outputOf(missing)).toEqual({ stdout: '', stderr: '' });
      await missing.ended;
      expect(missing.neverRan()).toContain('/bin/nope');
    });

    it('has a terminal of the asked size, input, and takes a signal', async () => {
      const { id } = await begin(['/bin/sleep', '60']);
      const process = await engine.exec(id, {
        ...base,
        terminal: true,
        stdin: true,
        size: { columns: 80, rows: 21 },
        args: sh(
          'until [ "$(stty size)" = "21 80" ]; do sleep 0.02; done; stty size; read -r line; stty size; exec sleep 60',
        ),
      });
      const seen: string[] = [];
      process.stdout.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      const shows = async (text: string): Promise<void> =>
        expect.poll(() => seen.join(''), PATIENCE).toContain(text);
      await shows('21 80');
      await process.resize({ columns: 70, rows: 20 });
      process.stdin.write('typed\n');
      await shows('20 70');
      expect(await process.signal('SIGKILL')).toBe(true);
      expect(await process.wait()).toBe(137);
      expect(await process.signal('SIGKILL')).toBe(false);
    });

    it('refuses a container that does not run', async () => {
      const { id } = await engine.create(containerSpec(image, ['/bin/true']));
      made.push(id);
      expect(await codeOf(engine.exec(id, { ...base, args: ['/bin/true'] }))).toBe(
        'failed_precondition',
      );
    });
  });

  describe('images', () => {
    const reference = `localhost/ct/engine-test-${randomBytes(4).toString('hex')}:t`;
    afterAll(async () => {
      await engine.images.remove(reference);
    });

    function context(containerfile: string): Readable {
      const tar = pack();
      tar.entry({ name: 'Containerfile' }, containerfile);
      tar.entry({ name: 'ca.pem' }, 'authority');
      tar.finalize();
      return Readable.from(tar);
    }
    const build = (containerfile: string) => ({
      context: context(containerfile),
      containerfile: 'Containerfile',
      reference,
      labels: { [TEST_LABEL]: 'built' },
      args: { WHO: 'me' },
    });

    /** Everything that an image can say about how it is run */
    const hostile = [
      'ENV LD_PRELOAD=/evil.so EVIL=1',
      'ENTRYPOINT ["/bin/evil"]',
      'CMD ["evil"]',
      'USER 0',
      'WORKDIR /evil',
      'VOLUME /evil-volume',
      'STOPSIGNAL SIGWINCH',
    ].join('\n');

    it('are built with progress, arguments, labels and files of the context', async () => {
      const lines: string[] = [];
      const id = await engine.images.build(
        build(
          `FROM ${image}\nARG WHO\nRUN --mount=type=bind,source=ca.pem,target=/run/ca.pem echo "built by $WHO with $(cat /run/ca.pem)"\n${hostile}\n`,
        ),
        { onProgress: (line) => lines.push(line) },
      );
      expect(id).toMatch(/^[0-9a-f]{64}$/u);
      expect(lines).toContain('built by me with authority');
      const info = await engine.images.inspect(reference);
      expect(info).toMatchObject({ id, labels: { [TEST_LABEL]: 'built' } });
      expect((await engine.images.list([`${TEST_LABEL}=built`])).map((row) => row.id)).toContain(
        id,
      );
    });

    it('change nothing of what runs, whatever they say', async () => {
      const userns = { kind: 'keep-id', uid: 1000, gid: 1000 } as const;
      await engine.images.prepare(reference, userns, { labels: { [TEST_LABEL]: 'prepared' } });
      const { stdout, status } = await run(
        // (The build itself makes the directory that WORKDIR names.)
        sh('pwd; id -u; env; ls -d /evil-volume 2>/dev/null; grep evil /proc/mounts'),
        { image: reference },
      );
      expect(stdout).toMatch(/^\/\n1000\n/u);
      expect(stdout).not.toContain('evil');
      expect(stdout).not.toContain('EVIL');
      expect(status).toBe(1);
      expect(await engine.list(['ct.kind=prepare'])).toEqual([]);
    });

    it('fail with the step that failed', async () => {
      await expect(
        engine.images.build(build(`FROM ${image}\nRUN echo no; exit 7\n`), {}),
      ).rejects.toThrow(/RUN echo no; exit 7.*exit status 7/u);
    });

    it('cannot be pulled from where nobody is', async () => {
      expect(await codeOf(engine.images.pull('localhost:1/a/b:c', {}))).toBe('unavailable');
    });

    it('stop being built when the caller stops', async () => {
      const abort = new AbortController();
      const building = engine.images.build(
        build(`FROM ${image}\nRUN echo begun; sleep 3; date +%N\n`),
        {
          signal: abort.signal,
          onProgress: (line) => {
            if (line === 'begun') abort.abort();
          },
        },
      );
      expect(await codeOf(building)).toBe('canceled');
    });

    it('can be imported, named and removed', async () => {
      const tar = pack();
      tar.entry({ name: 'hello' }, 'world');
      tar.finalize();
      const name = reference.replace(':t', ':imported');
      const id = await engine.images.importRootfs(Readable.from(tar), name, {});
      expect((await engine.images.inspect(name))?.id).toBe(id.replace(/^sha256:/u, ''));
      const second = reference.replace(':t', ':second');
      await engine.images.tag(name, second);
      expect(await engine.images.inspect(second)).toBeDefined();
      await engine.images.remove(name);
      await engine.images.remove(second);
      await engine.images.remove(second);
      expect(await engine.images.inspect(second)).toBeUndefined();
    });

    it('say which paths are directories and no links', async () => {
      const tar = pack();
      tar.entry({ name: 'a', type: 'directory' });
      tar.entry({ name: 'a/b', type: 'directory' });
      tar.entry({ name: 'f' }, 'file');
      tar.entry({ name: 'dev', type: 'symlink', linkname: '/tmp' });
      tar.finalize();
      const name = reference.replace(':t', ':looked-at');
      await engine.images.importRootfs(Readable.from(tar), name, {});
      const paths = ['/a', '/a/b', '/f', '/dev', '/none', '/f/x'];
      const labels = { [TEST_LABEL]: 'look' };
      expect(await engine.images.directoriesAmong(name, paths, labels)).toEqual(['/a', '/a/b']);
      await engine.images.remove(name);
    });

    it('report an archive that is none', async () => {
      expect(
        await codeOf(engine.images.load(Readable.from([Buffer.from('nonsense')]), {})),
      ).not.toMatch(/no error|not translated/u);
    });
  });

  describe('the list of skips', () => {
    vitestIt('names tests that there are', () => {
      expect(Object.keys(candidate.skips).filter((title) => !met.has(title))).toEqual([]);
    });
  });
}
