import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineContract } from '../contract/engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { containerdImage } from './support/containerd-image.ts';
import {
  digestOf,
  makeCertificate,
  put,
  startFake,
  type FakeRegistry,
} from '../engine/registry/fake-registry.ts';
import { openTestEngine } from './support/engine-fixture.ts';
import { podman, startRegistry, type Registry } from './support/registry.ts';
import { startRelay, type Relay } from './support/relay.ts';

/** Asks the daemon of these tests by its own program. */
async function ctr(engine: Engine, words: readonly string[]): Promise<string> {
  const { address } = await engine.info();
  const socket = address.replace('unix://', '');
  const done = spawnSync('ctr', ['--address', socket, '--namespace', 'ct', ...words]);
  if (done.status !== 0) throw new Error(`ctr: ${done.stderr.toString()}`);
  return done.stdout.toString();
}

async function collectGarbage(engine: Engine): Promise<void> {
  await ctr(engine, ['leases', 'create', '--id', 'ct-test-garbage']);
  await ctr(engine, ['leases', 'delete', '--sync', 'ct-test-garbage']);
}

/**
 * Everything that is kept, garbage too. The exit statuses of the last minutes, which go by themselves, are
 * left out, and so are the columns, whose width goes by the longest name.
 */
async function store(engine: Engine): Promise<readonly string[]> {
  const lists = [
    ['content', 'ls', '-q'],
    ['content', 'active'],
    ['snapshots', 'ls'],
    ['leases', 'ls'],
  ];
  const texts: string[] = [];
  for (const words of lists) {
    const lines = (await ctr(engine, words)).split('\n').filter((line) => !/^ct-exit-/u.test(line));
    texts.push(lines.map((line) => line.replaceAll(/\s+/gu, ' ').trim()).join('\n'));
  }
  return texts;
}

function tarOf(text: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'ct-tar-'));
  writeFileSync(`${directory}/file`, text);
  const done = spawnSync('tar', [
    '-c',
    '--owner=0',
    '--group=0',
    '--mtime=@0',
    '-C',
    directory,
    'file',
  ]);
  rmSync(directory, { recursive: true });
  return done.stdout;
}

describe('containerd', () => {
  engineContract({
    product: 'containerd',
    open: () => openTestEngine('containerd'),
    image: containerdImage,
    skips: {},
  });

  describe('pulling', () => {
    const MiB = 1024 * 1024;
    const scratch = mkdtempSync(join(realpathSync(homedir()), 'ct-pull-'));
    const tag = randomBytes(4).toString('hex');
    const names: string[] = [];
    let registry: Registry;
    let relay: Relay;
    let other: FakeRegistry;
    let engine: Engine;
    const trusted = (): string => join(homedir(), '.config/containers/certs.d', other.host);

    beforeAll(async () => {
      engine = await openTestEngine('containerd');
      registry = await startRegistry();
      relay = await startRelay(Number(registry.host.split(':')[1]));
      registry.trustAlso(`localhost:${relay.port}`);
      await pushImage('one', 'one');
      await pushImage('two', 'two');
      makeCertificate(scratch);
      other = await startFake(scratch);
      mkdirSync(trusted(), { recursive: true });
      copyFileSync(`${scratch}/cert.pem`, `${trusted()}/ca.crt`);
    });
    afterAll(async () => {
      for (const name of names) await engine.images.remove(name);
      await engine.close();
      relay.close();
      rmSync(trusted(), { recursive: true, force: true });
      await other.close();
      await registry.close();
      rmSync(scratch, { recursive: true, force: true });
    });

    /** An image of two layers: six megabytes that all of them have, and a little file of its own. */
    async function pushImage(name: string, own: string): Promise<void> {
      const reference = `localhost/ct-test/pull-${tag}:${name}`;
      const base = `localhost/ct-test/pull-${tag}:base`;
      if (name === 'one') {
        writeFileSync(`${scratch}/random`, randomBytes(6 * MiB));
        const tar = [
          '-cf',
          `${scratch}/base.tar`,
          '--owner=0',
          '--group=0',
          '-C',
          scratch,
          'random',
        ];
        spawnSync('tar', tar);
        podman(['import', '--quiet', `${scratch}/base.tar`, base]);
      }
      writeFileSync(`${scratch}/own`, own);
      writeFileSync(`${scratch}/Containerfile`, `FROM ${base}\nCOPY own /own\n`);
      podman(['build', '--quiet', '--layers=false', '-t', reference, scratch]);
      await registry.push(reference, `pull/${name}:1`);
      podman(['rmi', '--force', reference, ...(name === 'two' ? [base] : [])]);
    }

    async function pull(name: string): Promise<readonly string[]> {
      const lines: string[] = [];
      const reference = `localhost:${relay.port}/pull/${name}:1`;
      names.push(reference);
      await engine.images.pull(reference, { onProgress: (line) => lines.push(line) });
      expect(await engine.images.inspect(reference)).toBeDefined();
      return lines;
    }

    it('goes on where a connection was cut, and fetches nothing twice', async () => {
      relay.cutAfter(4 * MiB);
      await pull('one');
      expect(relay.cuts()).toBe(1);
      expect(relay.received()).toBeGreaterThan(6 * MiB);
      expect(relay.received()).toBeLessThan(6.5 * MiB);
    });

    describe('from a registry that lies', () => {
      const good = gzipSync(tarOf('a file'));
      const flipped = Buffer.from(good);
      flipped[good.length - 1] = (flipped[good.length - 1] ?? 0) ^ 1;
      const zstd = Buffer.from('28b52ffd0458', 'hex');
      const layerOf = (body: Buffer) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: digestOf(body),
        size: body.length,
      });

      it.each<[string, Buffer, Buffer, RegExp]>([
        [
          'another layer than it promises',
          good,
          flipped,
          /the digest of sha256:\w+ is another one/u,
        ],
        ['half a gzip', good.subarray(0, 40), good.subarray(0, 40), /cannot be unpacked/u],
        ['a layer that is no tar', gzipSync('x'.repeat(512)), gzipSync('x'.repeat(512)), /no tar/u],
        ['zstd under the name of gzip', zstd, zstd, /zstd/u],
        [
          'other bytes behind the end of the gzip',
          Buffer.concat([good, Buffer.alloc(300_000)]),
          Buffer.concat([good, Buffer.alloc(299_999), Buffer.of(1)]),
          /the digest of sha256:\w+ is another one/u,
        ],
        [
          'a layer that the configuration does not know',
          gzipSync(tarOf('another file')),
          gzipSync(tarOf('another file')),
          /not the one that it names/u,
        ],
        [
          'more behind the end',
          Buffer.concat([good, Buffer.from('more')]),
          Buffer.concat([good, Buffer.from('more')]),
          /cannot be unpacked/u,
        ],
      ])('takes nothing of %s', async (_title, promised, given, says) => {
        await collectGarbage(engine);
        const before = await store(engine);
        const first = tarOf('below');
        put(other, 'a/b', '1', { tars: [first, tarOf('a file')] });
        const below = gzipSync(first);
        put(other, 'a/b', '1', {
          tars: [first, tarOf('a file')],
          manifest: { layers: [layerOf(below), layerOf(promised)] },
        });
        const body = { type: 'application/octet-stream', body: given };
        other.things.set(`a/b/blobs/${digestOf(promised)}`, body);
        const reference = `${other.host}/a/b:1`;
        await expect(engine.images.pull(reference, {})).rejects.toThrow(says);
        expect(await engine.images.inspect(reference)).toBeUndefined();
        expect(await store(engine)).toEqual(before);
      });
    });

    it('that was stopped goes on with the next layer', async () => {
      const stop = new AbortController();
      put(other, 'a/b', '1', { tars: [tarOf(`${tag} below`), tarOf(`${tag} above`)] });
      const reference = `${other.host}/a/b:1`;
      names.push(reference);
      const onProgress = (line: string): void => {
        if (line.startsWith('fetching layer 2')) stop.abort();
      };
      const stopped = engine.images.pull(reference, { signal: stop.signal, onProgress });
      await expect(stopped).rejects.toMatchObject({ code: 'canceled' });
      await collectGarbage(engine);
      other.asked.splice(0);
      await engine.images.pull(reference, {});
      // The configuration and one layer.
      expect(other.asked.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(2);
    });

    it('fetches only what is not there already', async () => {
      const before = relay.received();
      const lines = await pull('two');
      expect(lines.filter((line) => line.endsWith('is there already'))).toHaveLength(1);
      expect((await pull('two')).filter((line) => line.endsWith('is there already'))).toHaveLength(
        2,
      );
      expect(relay.received() - before).toBeLessThan(MiB / 4);
    });
  });
});
