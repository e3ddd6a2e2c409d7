import type { Labels } from '../engine/engine.ts';
import { renderGrants, type Grant } from '../secrets/grants.ts';
import { renderOwner } from '../base/owner.ts';
import { renderSeccomp, type SeccompUse } from '../sandbox/seccomp/use.ts';
import type { Facts } from './facts.ts';

/** Label keys that `ct` writes; the state of a session lives in these, not in files. */
export const LABEL = {
  /** Present on everything that ct makes; its value is the installation */
  instance: 'ct.instance',
  /** session, install, build or prepare */
  kind: 'ct.kind',
  session: 'ct.session',
  agent: 'ct.agent',
  project: 'ct.project',
  /** Where the project is inside */
  workdir: 'ct.workdir',
  network: 'ct.network',
  /** Name of the seccomp profile and the beginning of its digest, or `unconfined` */
  seccomp: 'ct.seccomp',
  preset: 'ct.preset',
  /**
   * attached: ends with its owner; detached: lives until it ends by itself; standby: was made to wait for a run,
   * and ends with its owner until one claims it, then with that run; warm: one run after another enters it, and it
   * ends with its owner, or with the run that is in it then
   */
  life: 'ct.life',
  /** Names and kinds of the secrets that it was given */
  secrets: 'ct.secrets',
  owner: 'ct.owner',
  version: 'ct.version',
  /** Digest of the inputs of an image */
  recipe: 'ct.recipe',
} as const;

/** The labels of a session's container. */
export function sessionLabels(input: {
  readonly agent: string;
  readonly detach: boolean;
  readonly network: string;
  readonly project: { readonly source: string; readonly target: string };
  readonly preset: string;
  readonly seccomp: SeccompUse | undefined;
  readonly grants: readonly Grant[];
  readonly facts: Facts;
}): Labels {
  const { facts } = input;
  return {
    [LABEL.instance]: facts.instance,
    [LABEL.kind]: 'session',
    [LABEL.session]: facts.sessionId,
    [LABEL.agent]: input.agent,
    [LABEL.project]: input.project.source,
    [LABEL.workdir]: input.project.target,
    [LABEL.network]: input.network,
    [LABEL.seccomp]: renderSeccomp(input.seccomp),
    [LABEL.preset]: input.preset,
    [LABEL.life]: input.detach ? 'detached' : 'attached',
    ...(input.grants.length === 0 ? {} : { [LABEL.secrets]: renderGrants(input.grants) }),
    [LABEL.owner]: renderOwner(facts.owner),
    [LABEL.version]: facts.ctVersion,
  };
}
