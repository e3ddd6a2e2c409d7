import { createHash } from 'node:crypto';
import { renderOwner, type Owner } from '../base/owner.ts';
import { LABEL } from './labels.ts';
import type { SessionPlan } from './plan.ts';

/** Who a session is: all that may differ between a run and the standby that serves it. */
export interface Identity {
  readonly session: string;
  readonly owner: Owner;
}

/**
 * The digest of everything that will be true of a session but for who it is and which words its agent gets:
 * the gate takes those. A standby serves a run only if the two digests are equal, so each new field of the
 * plan counts from the day it is there.
 *
 * sha256, in hexadecimal
 */
export function standbyDigest(plan: SessionPlan): string {
  const { container } = plan;
  const same = {
    plan: without(plan, 'session', 'command', 'container'),
    container: without(container, 'name', 'labels', 'sandbox'),
    labels: without(container.labels, LABEL.session, LABEL.owner),
    sandbox: { ...container.sandbox, args: launcherOf(plan) },
  };
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}

/** A value without some of its fields. */
export function without<T extends object>(
  whole: T,
  ...keys: readonly (keyof T & string)[]
): object {
  return Object.fromEntries(
    Object.entries(whole).filter(([key]) => !(keys as readonly string[]).includes(key)),
  );
}

/** The same session as another one, which waits at its gate for somebody to claim it. */
export function asStandby(plan: SessionPlan, identity: Identity): SessionPlan {
  return identified(plan, identity, {
    [LABEL.owner]: renderOwner(identity.owner),
    [LABEL.life]: 'standby',
  });
}

/** The plan of a run that claims the standby of that name. */
export function asClaimed(plan: SessionPlan, session: string): SessionPlan {
  return identified(plan, { session }, {});
}

/** Stands in the engine's records where the agent's words would be: those come at the gate. */
const NO_WORDS_YET = 'standby';

function identified(
  plan: SessionPlan,
  { session }: Pick<Identity, 'session'>,
  labels: Readonly<Record<string, string>>,
): SessionPlan {
  const { container } = plan;
  return {
    ...plan,
    session,
    container: {
      ...container,
      name: `ct-${plan.agent}-${session}`,
      labels: { ...container.labels, [LABEL.session]: session, ...labels },
      sandbox: { ...container.sandbox, args: [...launcherOf(plan), NO_WORDS_YET] },
    },
  };
}

/** What comes before the agent's words: the init and the entry script. */
export function launcherOf({ command, container }: SessionPlan): readonly string[] {
  const { args } = container.sandbox;
  return args.slice(0, args.length - command.length);
}
