import { createHash } from 'node:crypto';
import { PATHS } from '../base/layout.ts';
import { renderOwner } from '../base/owner.ts';
import { LABEL } from './labels.ts';
import type { RunOptions } from './options.ts';
import type { SessionPlan } from './plan.ts';
import { launcherOf, without, type Identity } from './standby.ts';

/**
 * The digest of all that a run and the warm session that serves it must have in common: everything of the plan but
 * for what the run brings along when it enters, which are its words, variables and terminal, and what happens outside of
 * any session. Each new field of the plan counts from the day it is there.
 *
 * sha256, in hexadecimal
 */
export function warmDigest(plan: SessionPlan): string {
  const { container, secrets } = plan;
  const same = {
    plan: without(plan, 'session', 'command', 'container', 'review', 'secrets'),
    grants: secrets.grants,
    container: without(container, 'name', 'labels', 'sandbox'),
    labels: without(container.labels, LABEL.session, LABEL.owner),
    sandbox: without(container.sandbox, 'args', 'env', 'terminal'),
    launcher: launcherOf(plan),
  };
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}

/** What keeps a warm session alive while no run is in it. */
const KEEPER = ['/usr/bin/sleep', 'infinity'] as const;

/**
 * Variables of the keeper: always the same, since an engine hands those of the container on to whatever enters it
 * later. Each run brings its own values of these and more.
 */
const KEEPER_ENVIRONMENT = {
  HOME: PATHS.home,
  HOSTNAME: PATHS.hostname,
  LANG: 'C.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
};

/**
 * The plan of the warm session that serves runs like `plan`: the same sandbox around a program that does nothing. It
 * is given no secret and no variable of anybody's; its label names those that each run in it brings along.
 */
export function asWarm(plan: SessionPlan, { session, owner }: Identity): SessionPlan {
  const { container } = plan;
  return {
    ...plan,
    session,
    // Nobody follows its keeper; and whoever looks after networks takes this one up.
    detach: true,
    review: false,
    secrets: { grants: [], offered: [] },
    command: KEEPER,
    container: {
      ...container,
      name: `ct-${plan.agent}-${session}`,
      labels: {
        ...container.labels,
        [LABEL.session]: session,
        [LABEL.owner]: renderOwner(owner),
        [LABEL.life]: 'warm',
      },
      sandbox: {
        ...container.sandbox,
        args: [...launcherOf(plan), ...KEEPER],
        env: KEEPER_ENVIRONMENT,
        terminal: false,
      },
    },
  };
}

/**
 * Whether a run asks for nothing but what is configured. Only such runs have a warm session made or made anew: one
 * that came of a flag of a single run would stand in the way of all others.
 */
export function isAsConfigured(options: RunOptions): boolean {
  const { network, published, preset, limits, provider, record, seccomp, writable, visible } =
    options;
  return (
    [network, preset, provider, record, seccomp].every((word) => word === undefined) &&
    [published, writable ?? [], visible ?? []].every((list) => list.length === 0) &&
    Object.values(limits).every((limit) => limit === undefined)
  );
}
