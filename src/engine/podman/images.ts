import { UNLIMITED } from '../../sandbox/limits.ts';
import { randomBytes } from 'node:crypto';
import { CtError, isCtError } from '../../base/errors.ts';
import type { ContainerSpec, EngineImages, ImageBuild, Labels, LongCall } from '../engine.ts';
import { createContainer, removeContainer } from './containers.ts';
import { imageFromLibpod, type LibpodImage } from './convert.ts';
import { engineError } from './errors.ts';
import { directoriesInImage } from './image-directories.ts';
import { REMOVAL_MS, type Call, type Transport } from './transport.ts';

/** A line of a build or pull: words for people, an error, or the result. */
interface ProgressLine {
  readonly stream?: string;
  readonly error?: string;
  readonly id?: string;
}

/** `Engine.images`. Long calls have no deadline: a build may be silent for minutes. */
export function podmanImages(transport: Transport): EngineImages {
  return {
    inspect: (reference) => inspectImage(transport, reference),
    build: (build, options) => buildImage(transport, build, options),
    importRootfs: async (tar, reference, options) => {
      const made = await transport.json<{ Id?: string; id?: string }>({
        ...longCall(`import ${reference}`, '/images/import', options),
        query: { reference },
        tar,
      });
      return made.Id ?? made.id ?? '';
    },
    load: async (archive, options) => {
      const loaded = await transport.json<{ Names?: readonly string[] | null }>({
        ...longCall('load the image archive', '/images/load', options),
        tar: archive,
      });
      return loaded.Names ?? [];
    },
    pull: async (reference, options) => {
      const call = longCall(`pull ${reference}`, '/images/pull', options);
      const last = await progress(transport, { ...call, query: { reference } }, options);
      return last.id ?? '';
    },
    tag: async (image, reference) => {
      const [repo, tag] = splitReference(reference);
      await transport.json({
        doing: `name the image ${reference}`,
        method: 'POST',
        path: `${imagePath(image)}/tag`,
        query: { repo, tag },
      });
    },
    remove: async (reference) => {
      try {
        await transport.json({
          doing: `remove the image ${reference}`,
          method: 'DELETE',
          path: imagePath(reference),
          deadlineMs: REMOVAL_MS,
        });
      } catch (thrown) {
        if (!isCtError(thrown, 'not_found')) throw thrown;
      }
    },
    list: async (labels) => {
      // Podman 4.3 finds no image at all by two labels: it is asked for one, the others are looked at.
      const [first, ...others] = labels;
      const rows = await transport.json<readonly LibpodImage[] | undefined>({
        doing: 'list images',
        method: 'GET',
        path: '/images/json',
        query: { filters: JSON.stringify(first === undefined ? {} : { label: [first] }) },
      });
      return (rows ?? []).map(imageFromLibpod).filter((image) => hasLabels(image.labels, others));
    },
    directoriesAmong: (reference, paths, labels) =>
      directoriesInImage(transport, { reference, paths, labels }),
    prepare: async (reference, userns, options) => {
      const spec = throwAway(reference, userns, options.labels);
      try {
        // Not stopped by the caller's signal: the engine would go on copying, and what it makes in the
        // end could no longer be taken back.
        await createContainer(transport, spec);
      } finally {
        await removeContainer(transport, spec.name);
      }
      options.signal?.throwIfAborted();
    },
  };
}

async function inspectImage(transport: Transport, reference: string) {
  try {
    const image = await transport.json<LibpodImage>({
      doing: `inspect the image ${reference}`,
      method: 'GET',
      path: `${imagePath(reference)}/json`,
    });
    return imageFromLibpod(image);
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) return undefined;
    throw thrown;
  }
}

/**
 * Builds an image in one layer. A caller who leaves lets the step that runs
 * finish, then the engine takes back what it began.
 *
 * Files of the host for a step go into the context (`RUN --mount=type=bind,source=…`): Podman 4.3
 * ignores build mounts in silence.
 */
async function buildImage(
  transport: Transport,
  build: ImageBuild,
  options: LongCall,
): Promise<string> {
  const call: Call = {
    ...longCall(`build the image ${build.reference}`, '/build', options),
    query: {
      t: build.reference,
      dockerfile: build.containerfile,
      labels: JSON.stringify(build.labels),
      buildargs: JSON.stringify(build.args),
      networkmode: 'host',
      // One layer on top of the base: fewer to mount and to map at every start, and a build that is
      // stopped leaves no unnamed images of its steps, which nobody could tell from the user's own.
      layers: false,
      rm: true,
      forcerm: true,
    },
    tar: build.context,
  };
  const last = await progress(transport, call, options);
  const id = last.stream?.trim() ?? '';
  if (!/^[0-9a-f]{64}$/u.test(id)) {
    throw new CtError('unavailable', `cannot ${call.doing}: the engine stopped without a result`);
  }
  return id;
}

/** Follows the lines of a long call; the last one. Errors come inside an answer that began well. */
async function progress(
  transport: Transport,
  call: Call,
  options: LongCall,
): Promise<ProgressLine> {
  let last: ProgressLine = {};
  let error: string | undefined;
  await transport.lines(call, (text) => {
    const line = parseLine(text);
    if (line.error !== undefined) error = line.error;
    if (line.stream !== undefined) {
      for (const part of line.stream.trimEnd().split('\n')) options.onProgress?.(part);
    }
    last = line;
  });
  if (error !== undefined) throw engineError(call.doing, { status: 200, text: error });
  return last;
}

function parseLine(text: string): ProgressLine {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : {};
  } catch {
    return { stream: text };
  }
}

function longCall(doing: string, path: string, options: LongCall) {
  return { doing, method: 'POST', path, deadlineMs: 0, signal: options.signal } as const;
}

/** Whether `labels` has all that are asked for, each as `key` or `key=value`. */
function hasLabels(labels: Labels, asked: readonly string[]): boolean {
  return asked.every((text) => {
    const at = text.indexOf('=');
    const key = at < 0 ? text : text.slice(0, at);
    return key in labels && (at < 0 || labels[key] === text.slice(at + 1));
  });
}

/** Never started: its creation alone makes Podman copy the layers for this mapping. */
function throwAway(
  reference: string,
  userns: ContainerSpec['sandbox']['userns'],
  labels: Labels,
): ContainerSpec {
  return {
    name: `ct-prepare-${randomBytes(6).toString('hex')}`,
    labels,
    autoRemove: false,
    sandbox: {
      image: reference,
      args: ['/bin/true'],
      env: {},
      cwd: '/',
      user: { uid: userns.uid, gid: userns.gid },
      terminal: false,
      stdin: false,
      hostname: 'ct',
      userns,
      network: { kind: 'none' },
      mounts: [],
      capabilities: [],
      noNewPrivileges: true,
      readOnlyRoot: true,
      // Nothing runs in it.
      seccomp: undefined,
      limits: UNLIMITED,
    },
  };
}

/** A tag is behind the last colon, unless that is a registry's port. */
function splitReference(reference: string): [string, string] {
  const colon = reference.lastIndexOf(':');
  if (colon < 0 || reference.indexOf('/', colon) >= 0) return [reference, 'latest'];
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

function imagePath(reference: string): string {
  return `/images/${encodeURIComponent(reference)}`;
}
