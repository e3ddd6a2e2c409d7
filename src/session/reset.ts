import { existsSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { PACKAGES_VOLUME } from '../base/layout.ts';
import type { ImageInfo } from '../engine/engine.ts';
import { removeTree } from '../host/generations.ts';
import { removeQuietly } from '../host/files.ts';
import { isOwnBase } from '../image/base.ts';
import { LABEL } from '../plan/labels.ts';
import type { SessionContext } from './context.ts';
import { listSessions } from './list.ts';
import { endWaiting } from './standby/end-waiting.ts';
import { BASE_LABEL, namesOf } from './make-image.ts';

/** One thing that goes, in words and as an act. */
export interface ResetStep {
  readonly what: string;
  act(): Promise<void> | void;
}

/**
 * What `ct sys reset` takes away: what ct can make again. The configuration, secrets and answers stay, and
 * the agents' homes too unless `homes`.
 *
 * Errors: failed_precondition while sessions run
 */
export async function planReset(
  context: SessionContext,
  options: { readonly homes: boolean },
): Promise<readonly ResetStep[]> {
  const running = await listSessions(context);
  if (running.length > 0) {
    const ids = running.map(({ id }) => id).join(' ');
    throw new CtError('failed_precondition', `sessions run: ${ids}`, {
      hint: `end them first:  ct stop ${ids}`,
    });
  }
  const { stateDir, dataDir, cacheDir } = context.paths;
  const known = ['packages.json', 'image.json', 'registries.json'].map(
    (name) => `${stateDir}/${name}`,
  );
  const homes = `${dataDir}/homes`;
  return [
    {
      what: 'sessions that the service keeps ready',
      act: () => endWaiting(context),
    },
    // Before the rest: without it sessions use neither the layer nor the volume's programs.
    {
      what: 'what ct knows of images, packages and registries',
      act: () => known.forEach(removeQuietly),
    },
    ...(await volumeStep(context)),
    ...(await imageSteps(context)),
    ...(existsSync(cacheDir) ? [tree('the cache', cacheDir)] : []),
    ...(options.homes && existsSync(homes)
      ? [tree("the agents' homes, with settings, logins and history", homes)]
      : []),
  ];
}

async function volumeStep(context: SessionContext): Promise<readonly ResetStep[]> {
  const { volumes } = await context.engine();
  const volume = await volumes.inspect(PACKAGES_VOLUME);
  // Another installation of ct of the same account may have made it.
  if (volume?.labels[LABEL.instance] !== context.instance()) return [];
  return [
    {
      what: `the volume ${PACKAGES_VOLUME}, with all agents and packages`,
      act: () => volumes.remove(PACKAGES_VOLUME),
    },
  ];
}

async function imageSteps(context: SessionContext): Promise<readonly ResetStep[]> {
  const { images } = await context.engine();
  const isMine = ({ labels }: ImageInfo): boolean => labels[LABEL.instance] === context.instance();
  const all = await images.list([]);
  const mine = all.filter(isMine);
  const basesOf = (some: readonly ImageInfo[]) =>
    some.flatMap(({ labels }) => labels[BASE_LABEL] ?? []);
  // Another installation of ct of the same account may stand on the same base.
  const others = new Set(basesOf(all.filter((image) => !isMine(image))));
  const bases = basesOf(mine).filter((name) => isOwnBase(name) && !others.has(name));
  // What has another image below it goes before that one.
  const rank = (kind: string | undefined): number => (kind === 'image' ? 1 : 0);
  const sorted = [...mine].sort((a, b) => rank(a.labels[LABEL.kind]) - rank(b.labels[LABEL.kind]));
  return [...new Set([...sorted.flatMap(namesOf), ...bases])].map((name) => ({
    what: `the image ${name}`,
    act: () => images.remove(name),
  }));
}

function tree(words: string, path: string): ResetStep {
  return { what: `${words}: ${path}`, act: () => removeTree(path) };
}

/** Carries it out; the first failure ends it, and typing it again goes on from there. */
export async function reset(steps: readonly ResetStep[], context: SessionContext): Promise<void> {
  const shown = context.report.step('removing');
  try {
    for (const { what, act } of steps) {
      shown.update(what);
      await act();
    }
    shown.done();
  } catch (thrown) {
    shown.fail();
    throw thrown;
  }
}
