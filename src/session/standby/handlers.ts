import type { StandbyPool } from './pool.ts';
import { STANDBY_METHODS, checkedClaim, checkedWish } from './wish.ts';

/** Answers one question of a client, who hangs up when `closed` settles. */
type Handler = (params: unknown, client: { readonly closed: Promise<void> }) => Promise<unknown>;

/** What the service does with questions about standbys. */
export function standbyHandlers(pool: StandbyPool): ReadonlyMap<string, Handler> {
  return new Map<string, Handler>([
    [STANDBY_METHODS.prepare, async (params) => pool.prepare(checkedWish(params))],
    [
      STANDBY_METHODS.claim,
      async (params, { closed }) => (await pool.claim(checkedClaim(params), closed)) ?? null,
    ],
  ]);
}
