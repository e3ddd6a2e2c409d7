import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import { printable } from '../base/text.ts';
import type { Config } from '../config/schema.ts';

/** A word for which engine to use. */
export type EngineWish = Config['engine']['kind'];

/** An engine that there is. */
export type EngineKind = Exclude<EngineWish, 'auto'>;

/** What of a plan depends on the engine, known before it is opened. */
export const ENGINE_TRAITS: Readonly<Record<EngineKind, EngineTraits>> = {
  podman: { controlGroups: true, standby: true },
  // Its containers share the daemon's control group, and attach to streams that were opened before a start.
  containerd: { controlGroups: false, standby: false },
};

interface EngineTraits {
  /** Limits can be set */
  readonly controlGroups: boolean;
  /** Streams can be attached to what another process has started */
  readonly standby: boolean;
}

const WISHES: readonly EngineWish[] = ['auto', 'podman', 'containerd'];

/** What the choice depends on. */
export interface ChoiceFacts {
  readonly configured: EngineWish;
  /** `CT_ENGINE`, which `--engine` sets */
  readonly word: string | undefined;
  /** `CONTAINER_HOST` or `engine.socket`, and `CONTAINERD_ADDRESS`: whose engine the user names */
  readonly namesPodman: boolean;
  readonly namesContainerd: boolean;
  /** Whether a program is installed */
  readonly has: (program: string) => boolean;
}

/**
 * Which engine to use. The word of the command line or the environment counts before the configuration,
 * and neither is ever overruled by what is found: an engine that was asked for and does not work is an
 * error. Without a wish: the one whose socket the user names, then Podman if it is installed, then
 * containerd if it is. Nothing is tried out, so the same host always gives the same answer at once.
 *
 * Errors: invalid_argument for a word that is no engine
 */
export function chooseEngine(facts: ChoiceFacts): EngineKind {
  const wish = facts.word === undefined || facts.word === '' ? facts.configured : facts.word;
  if (wish === 'podman' || wish === 'containerd') return wish;
  if (wish !== 'auto') throw noEngine(wish);
  if (facts.namesPodman) return 'podman';
  if (facts.namesContainerd) return 'containerd';
  if (facts.has('podman')) return 'podman';
  return facts.has('containerd') && facts.has('rootlesskit') ? 'containerd' : 'podman';
}

function noEngine(word: string): CtError {
  const near = nearestWord(word, WISHES);
  return new CtError('invalid_argument', `there is no engine '${printable(word)}'`, {
    hint: near === undefined ? `engines: ${WISHES.join(', ')}` : `did you mean '${near}'?`,
  });
}
