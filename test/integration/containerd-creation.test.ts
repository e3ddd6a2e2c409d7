import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ignoreGone } from '../../src/engine/containerd/containers.ts';
import { recordedExit, recordExit } from '../../src/engine/containerd/leases.ts';
import {
  Containers,
  Images,
  Leases,
  Snapshots,
  Tasks,
} from '../../src/engine/containerd/services.ts';
import { Transport } from '../../src/engine/containerd/transport.ts';
import type { ContainerSpec, Engine } from '../../src/engine/engine.ts';
import { containerdImage } from './support/containerd-image.ts';
import { ctr, loseRecord } from './support/containerd-remains.ts';
import { containerSpec, openTestEngine, testPaths } from './support/engine-fixture.ts';

describe('making a container on containerd', () => {
  let engine: Engine;
  let image: string;
  const made = new Set<string>();
  const directories = (id: string): string => `${testPaths().runtimeDir}/ct/containerd/io/${id}`;
  const spec = (): ContainerSpec => containerSpec(image, ['/bin/true']);
  const create = async (wish: ContainerSpec, by = engine): Promise<string> => {
    made.add(wish.name);
    return (await by.create(wish)).id;
  };
  const runs = async (id: string): Promise<number> => {
    await engine.start(id);
    return engine.wait(id);
  };

  beforeAll(async () => {
    engine = await openTestEngine('containerd');
    image = await containerdImage();
  });
  afterAll(async () => {
    for (const id of made) await engine.remove(id);
    await engine.close();
  });

  it('keeps its file system from the garbage collector', async () => {
    const daemon = toDaemon('ct');
    let done = false;
    const collecting = (async () => {
      for (let round = 0; !done; round += 1) await collectGarbage(daemon, `ct-test-gc-${round}`);
      daemon.close();
    })();
    try {
      for (let round = 0; round < 10; round += 1) {
        const id = await create(spec());
        await engine.init(id);
        expect(await runs(id)).toBe(0);
      }
    } finally {
      done = true;
      await collecting;
    }
  });

  it('lets another process go on with it', async () => {
    const other = await openTestEngine('containerd');
    const id = await create(spec(), other);
    await other.close();
    await engine.init(id);
    expect(await runs(id)).toBe(0);
  });

  it('has one winner for a name, whose things the others leave alone', async () => {
    const wish = spec();
    const tries = await Promise.allSettled([1, 2, 3].map(async () => create(wish)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const tried of tries) {
      if (tried.status === 'rejected')
        expect(tried.reason).toMatchObject({ code: 'already_exists' });
    }
    await engine.init(wish.name);
    expect(await runs(wish.name)).toBe(0);
  });

  it('leaves the record alone whose directory went with the session of the host', async () => {
    const wish = spec();
    const id = await create(wish);
    rmSync(directories(id), { recursive: true });
    await expect(create(wish)).rejects.toMatchObject({ code: 'already_exists' });
    expect(existsSync(directories(id))).toBe(false);
    expect((await engine.inspect(id)).status).toBe('created');
    expect(ctr('snapshots', 'ls')).toContain(id);
  });

  it('replaces a file system that was left without a record', async () => {
    const wish = spec();
    ctr('snapshots', 'prepare', wish.name);
    const id = await create(wish);
    await engine.init(id);
    expect(await runs(id)).toBe(0);
  });

  it('that was cut off before it had a file system can be removed', async () => {
    const wish = spec();
    const id = await create(wish);
    ctr('snapshots', 'rm', id);
    const [row] = (await engine.list([])).filter((each) => each.id === id);
    expect(row?.status).toBe('created');
    await engine.remove(id);
    await expect(engine.inspect(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(existsSync(directories(id))).toBe(false);
  });

  it('whose removal was cut off leaves nothing to the next removal', async () => {
    const id = await create(spec());
    await loseRecord(id);
    await engine.remove(id);
    expect(ctr('snapshots', 'ls')).not.toContain(id);
    expect(existsSync(directories(id))).toBe(false);
  });

  it('that fails leaves nothing', async () => {
    const wish = spec();
    const before = readdirSync(directories(''));
    const seccomp = { path: '/nowhere/profile.json', name: 'no', digest: '' } as const;
    const bad = { ...wish, sandbox: { ...wish.sandbox, seccomp } } as unknown as ContainerSpec;
    await expect(engine.create(bad)).rejects.toMatchObject({ code: 'not_found' });
    expect(readdirSync(directories(''))).toEqual(before);
    await expect(engine.inspect(wish.name)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('needs no namespace to be there: it is empty to who asks, and the first record makes it', async () => {
    const name = `ct-test-${randomBytes(4).toString('hex')}`;
    const fresh = toDaemon(name);
    const call = { doing: 'look' };
    expect((await fresh.unary(Containers.list, {}, call)).containers).toEqual([]);
    expect((await fresh.unary(Tasks.list, {}, call)).tasks).toEqual([]);
    expect((await fresh.unary(Images.list, {}, call)).images).toEqual([]);
    expect((await fresh.unary(Leases.list, {}, call)).leases).toEqual([]);
    const key = { snapshotter: 'overlayfs', key: 'none' };
    expect(await fresh.unary(Snapshots.stat, key, call).catch(ignoreGone)).toBeUndefined();
    expect(await recordedExit(fresh, 'none')).toBeUndefined();
    await recordExit(fresh, 'one', 7);
    expect(await recordedExit(fresh, 'one')).toBe(7);
    await fresh.unary(Leases.delete, { id: 'ct-exit-one' }, call);
    fresh.close();
    ctr('namespaces', 'rm', name);
  });
});

function toDaemon(namespace: string): Transport {
  const socket = `${testPaths().runtimeDir}/ct/containerd/state/containerd.sock`;
  return new Transport({ socket, namespace, revive: async () => socket });
}

/** Returns when the collector has been there. */
async function collectGarbage(daemon: Transport, id: string): Promise<void> {
  const call = { doing: 'collect garbage' };
  await daemon.unary(Leases.create, { id }, call);
  await daemon.unary(Leases.delete, { id, sync: true }, call);
}
