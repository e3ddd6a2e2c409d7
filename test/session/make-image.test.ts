import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { currentOwner } from '../../src/host/process.ts';
import { silentReport } from '../../src/base/report.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';
import type { Engine, ImageInfo } from '../../src/engine/engine.ts';
import { baseReference, type Base } from '../../src/image/base.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { ensureImage, resolveImage } from '../../src/session/image.ts';
import { allFailed } from '../../src/session/make-image.ts';

/** Bases that this host "has"; asking for another fails. */
let available: readonly Base['kind'][];
let tried: string[];
/** References of the bases that were had */
let obtained: Set<string>;

/** Where the engine of a test stores containers. */
let storedOn: string | undefined;

vi.mock('../../src/host/network-fs.ts', async (original) => ({
  ...(await original<object>()),
  networkFileSystemOf: () => storedOn,
}));

vi.mock('../../src/session/obtain-base.ts', () => ({
  aptFiles: async () => ({ 'apt.conf': 'secret proxy' }),
  obtainBase: async (base: Base) => {
    tried.push(base.kind);
    if (available.includes(base.kind)) {
      obtained.add(baseReference(base));
      return baseReference(base);
    }
    throw new CtError('unavailable', `${base.kind} does not work here`, {
      hint: `mend ${base.kind}`,
    });
  },
}));

/** Images by reference, and what was done in which order. */
class FakeImages {
  /** Links among the directories of the base */
  links: readonly string[] = [];
  /** Of the base */
  annotations: Readonly<Record<string, string>> = {};
  readonly byReference = new Map<string, ImageInfo>();
  readonly done: string[] = [];
  failAt: 'build' | 'prepare' | undefined;
  contextFiles = '';

  add(references: readonly string[], labels: Readonly<Record<string, string>>): void {
    const info = {
      id: randomBytes(4).toString('hex'),
      labels,
      sizeBytes: 1,
      createdMs: 0,
      env: [],
      annotations: {},
    };
    for (const reference of references) this.byReference.set(reference, { ...info, references });
  }

  readonly calls = {
    inspect: async (reference: string) => {
      const { annotations } = this;
      if (obtained.has(reference)) return { id: 'base', annotations };
      return this.byReference.get(reference);
    },
    build: async (build: Parameters<Engine['images']['build']>[0]) => {
      for await (const chunk of build.context) this.contextFiles += String(chunk);
      this.done.push('build');
      if (this.failAt === 'build') throw new CtError('failed_precondition', 'apt failed');
      this.add([build.reference], build.labels);
      return 'id';
    },
    prepare: async () => {
      this.done.push('prepare');
      if (this.failAt === 'prepare') throw new CtError('resource_exhausted', 'disk full');
    },
    directoriesAmong: async (_reference: string, paths: readonly string[]) =>
      paths.filter((path) => !this.links.includes(path)),
    tag: async (from: string, to: string) => {
      this.done.push('tag');
      this.add([to], this.byReference.get(from)?.labels ?? {});
    },
    remove: async (reference: string) => {
      this.byReference.delete(reference);
      obtained.delete(reference);
    },
    list: async ([label = '']: readonly string[]) => {
      const [key = '', value] = label.split('=');
      return [...this.byReference.values()].filter(({ labels }) => labels[key] === value);
    },
  };
}

let images: FakeImages;
let context: SessionContext;
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'ct-make-'));
  images = new FakeImages();
  available = ['bootstrap'];
  tried = [];
  obtained = new Set();
  storedOn = undefined;
  const instance = randomBytes(8).toString('hex');
  context = {
    config: DEFAULT_CONFIG,
    env: process.env,
    report: silentReport,
    paths: { stateDir, runtimeDir: stateDir },
    ctVersion: '0',
    owner: currentOwner(),
    instance: () => instance,
    engine: async () => ({ images: images.calls, info: async () => ({ graphRoot: stateDir }) }),
  } as unknown as SessionContext;
});

const wanted = (): string => resolveImage(DEFAULT_CONFIG, { stateDir }).reference;

describe('ensureImage', () => {
  it('names the image last: after it was built and paid for', async () => {
    expect(await ensureImage(context)).toBe(wanted());
    expect(images.done).toEqual(['build', 'prepare', 'tag']);
    expect([...images.byReference.keys()]).toEqual([wanted()]);
  });

  it('builds nothing on a base with a link for a directory of the runtime', async () => {
    images.links = ['/dev'];
    await expect(ensureImage(context)).rejects.toThrow(
      'these are no directories in the base image: /dev',
    );
    expect(images.done).toEqual([]);
  });

  it('builds nothing on a base with annotations that a runtime obeys, and keeps none of ours', async () => {
    images.annotations = {
      'run.oci.hooks.stdout': '/etc/x',
      'org.opencontainers.image.title': 't',
    };
    await expect(ensureImage(context)).rejects.toThrow(
      'the base image has annotations that a container runtime could obey: run.oci.hooks.stdout',
    );
    expect(images.done).toEqual([]);
    expect([...obtained]).toEqual([]);
  });

  it('begins nothing where the engine stores containers on a network', async () => {
    storedOn = 'NFS';
    await expect(ensureImage(context)).rejects.toMatchObject({
      code: 'failed_precondition',
      message: `the engine stores containers on NFS (${stateDir}), where none can be set up`,
    });
    expect(tried).toEqual([]);
  });

  it('does nothing when the image is there', async () => {
    images.add([wanted()], {});
    await ensureImage(context);
    expect(images.done).toEqual([]);
  });

  it('builds once for twenty who want it at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => ensureImage(context)));
    expect(new Set(all)).toEqual(new Set([wanted()]));
    expect(images.done).toEqual(['build', 'prepare', 'tag']);
  });

  it('tries the next base and remembers the one that worked', async () => {
    await ensureImage(context);
    expect(tried).toEqual(['registry', 'bootstrap']);
    tried = [];
    await ensureImage(context, undefined, { rebuild: true });
    expect(tried).toEqual(['bootstrap']);
  });

  it('lends nothing of the host to a build that needs nothing', async () => {
    await ensureImage(context);
    expect(images.contextFiles).not.toContain('secret proxy');
    available = ['registry'];
    await ensureImage(context, undefined, { rebuild: true });
    expect(images.contextFiles).toContain('secret proxy');
  });

  it.each(['build', 'prepare'] as const)('leaves no image when %s fails', async (step) => {
    images.failAt = step;
    await expect(ensureImage(context)).rejects.toBeInstanceOf(CtError);
    expect([...images.byReference.keys()]).toEqual([]);
  });

  it('does not try further bases on a full disk', async () => {
    available = ['registry', 'bootstrap'];
    images.failAt = 'prepare';
    await expect(ensureImage(context)).rejects.toMatchObject({ code: 'resource_exhausted' });
    expect(tried).toEqual(['registry']);
  });

  it("removes this installation's older image with its base, and nobody else's", async () => {
    const old = {
      'ct.kind': 'image',
      'ct.instance': context.instance(),
      'ct.base': 'localhost/ct/base:old',
    };
    images.add(['localhost/ct/agent:old'], old);
    images.add(['localhost/ct/base:old'], {});
    images.add(['localhost/ct/agent:theirs'], { ...old, 'ct.instance': 'another' });
    await ensureImage(context);
    expect([...images.byReference.keys()].sort()).toEqual(
      ['localhost/ct/agent:theirs', wanted()].sort(),
    );
  });

  it('keeps a log of it', async () => {
    await ensureImage(context);
    const [name] = readdirSync(`${stateDir}/logs`);
    expect(readFileSync(`${stateDir}/logs/${name}`, 'utf8')).toContain('== building the image');
  });
});

describe('allFailed', () => {
  const failed = (base: Base) => ({
    base,
    error: new CtError('unavailable', `no ${base.kind}`, { hint: `mend ${base.kind}` }),
  });
  const registry = failed({ kind: 'registry', reference: 'r' });
  const bootstrap = failed({ kind: 'bootstrap', suite: 's', packages: [] });

  it('shows the reason and the remedy of each', () => {
    const error = allFailed([registry, bootstrap]);
    expect(error.message).toContain('registry: no registry; bootstrap: no bootstrap');
    expect(error.hint).toContain('registry: mend registry\nbootstrap: mend bootstrap\n');
    expect(error.hint).toContain('archive');
  });

  it('of a single source keeps its code and names the others', () => {
    const error = allFailed([registry]);
    expect(error.code).toBe('unavailable');
    expect(error.hint).toContain('[image] source = "bootstrap"');
  });
});
