import { createReadStream, readFileSync } from 'node:fs';
import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { checkBootstrap, openBootstrap, probeBootstrap } from '../host/bootstrap.ts';
import { withLentFiles } from '../host/lent-files.ts';
import { readAptSettings, readDebianMirrors } from '../host/mirrors.ts';
import { hostCaBundle } from '../host/authorities.ts';
import { hostProxies } from '../host/surroundings.ts';
import { probeTar } from '../host/tar.ts';
import { baseReference, isOwnBase, SUITE, type Base } from '../image/base.ts';
import { renderAptConf } from '../image/apt-conf.ts';
import { runStep } from './long-log.ts';
import type { BuildTools } from './make-image.ts';

/** How long a registry may take until it says anything, `ms`. */
const REACH_MS = { auto: 10_000, registry: 60_000 };

/**
 * Makes sure that the engine has `base`, and with `tools.fresh` that it has it anew; resolves to its
 * reference. A base that is made again takes the name of the old one when it is whole; the old one keeps
 * a name by which `ct sys gc` knows it.
 */
export async function obtainBase(base: Base, tools: BuildTools): Promise<string> {
  const reference = baseReference(base);
  const { images } = tools.engine;
  const known = await images.inspect(reference);
  if (known !== undefined && tools.fresh !== true) return reference;
  if (known !== undefined && isOwnBase(reference)) {
    await images.tag(known.id, oldBaseName(tools.context.instance(), known.id));
  }
  if (base.kind === 'registry') await pullBase(reference, tools);
  else if (base.kind === 'bootstrap') await bootstrapBase(base, reference, tools);
  else await loadBase(reference, tools);
  return reference;
}

/** Name of a base that another one took the place of. */
export function oldBaseName(instance: string, id: string): string {
  return `localhost/ct/base:old-${instance}-${id.replace(/^sha256:/u, '').slice(0, 12)}`;
}

/** Pulls, and gives up early when the registry does not even say what it has. */
async function pullBase(reference: string, tools: BuildTools): Promise<void> {
  const unreachable = new AbortController();
  const isAuto = tools.context.config.image.source === 'auto';
  const limitMs = isAuto ? REACH_MS.auto : REACH_MS.registry;
  const timer = setTimeout(() => unreachable.abort(), limitMs);
  const signal = AbortSignal.any([unreachable.signal, ...(tools.signal ? [tools.signal] : [])]);
  try {
    await runStep(`pulling the base image ${reference}`, tools, async (onLine) => {
      const onProgress = (line: string): void => {
        // "Trying to pull …" is said before the registry was asked.
        if (!line.startsWith('Trying to pull')) clearTimeout(timer);
        onLine(line);
      };
      try {
        await tools.engine.images.pull(reference, { signal, onProgress });
      } catch (thrown) {
        tools.signal?.throwIfAborted();
        if (!unreachable.signal.aborted) throw thrown;
        throw new CtError(
          'unavailable',
          `the registry of ${reference} did not answer within ${limitMs / 1000} seconds`,
          { hint: 'check the network and the proxy settings of the engine', cause: thrown },
        );
      }
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Makes the base from Debian packages; the bytes go straight into the engine. */
async function bootstrapBase(
  base: Extract<Base, { kind: 'bootstrap' }>,
  reference: string,
  tools: BuildTools,
): Promise<void> {
  const { context, engine, signal } = tools;
  checkBootstrap(probeBootstrap(context.env));
  const name = `image-${context.instance()}`;
  const files = await aptFiles(tools, undefined);
  await runStep(`making the base image from Debian packages (${base.suite})`, tools, (onLine) =>
    withLentFiles({ runtimeDir: context.paths.runtimeDir, name, files }, async (lentDir) => {
      const tar = openBootstrap(
        {
          suite: base.suite,
          packages: base.packages,
          sources: readDebianMirrors(base.suite),
          aptConf: `${lentDir}/apt.conf`,
          instance: context.instance(),
        },
        { env: context.env, onLine, ...(signal && { signal }) },
      );
      let failure: unknown;
      tar.once('error', (error) => (failure = error));
      const options = { onProgress: onLine, ...(signal && { signal }) };
      await engine.images.importRootfs(tar, reference, options).catch((thrown: unknown) => {
        // What broke the stream says more than how the engine took it.
        throw failure ?? thrown;
      });
    }),
  );
}

/** Loads the user's archive; a plain root file system is imported. */
async function loadBase(reference: string, tools: BuildTools): Promise<void> {
  const { engine, signal, context } = tools;
  const path = context.config.image.archive;
  await runStep(`loading the base image from ${printable(path)}`, tools, async (onProgress) => {
    const options = { onProgress, ...(signal && { signal }) };
    if ((await probeTar(path)) === 'rootfs') {
      await engine.images.importRootfs(createReadStream(path), reference, options);
      return;
    }
    const names = await engine.images
      .load(createReadStream(path), options)
      .catch((thrown: unknown) => {
        throw isCtError(thrown, 'failed_precondition') ? notAnImage(path, thrown) : thrown;
      });
    const [name] = names;
    if (name === undefined) throw notAnImage(path, undefined);
    await engine.images.tag(name, reference);
  });
}

function notAnImage(path: string, cause: unknown): CtError {
  return new CtError('failed_precondition', `there is no image in ${printable(path)}`, {
    hint: "it must be an OCI or docker archive, as from 'podman save --format oci-archive', or a root file system as tar",
    cause,
  });
}

/**
 * What apt needs to know of this host's network, as files: for mmdebstrap, which runs on the host
 * (`inside` undefined), or for a step of a build that sees them at `inside`. May hold credentials.
 */
export async function aptFiles(
  tools: BuildTools,
  inside: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const { env, paths } = tools.context;
  const bundle = hostCaBundle(env, paths.stateDir);
  const sources = readDebianMirrors(SUITE);
  const wish = { settings: await readAptSettings(env), proxies: hostProxies(env) };
  if (inside === undefined) return { 'apt.conf': renderAptConf({ ...wish, inside }) };
  const has = { hasSources: sources.length > 0, hasBundle: bundle !== undefined };
  return {
    'apt.conf': renderAptConf({ ...wish, inside: { directory: inside, ...has } }),
    'sources.list': `${sources.join('\n')}\n`,
    'ca.pem': bundle === undefined ? '' : readFileSync(bundle, 'utf8'),
  };
}
