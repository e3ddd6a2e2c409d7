import { StandbyPool } from '../session/standby/pool.ts';
import { STANDBY_METHODS, checkedClaim, checkedWish } from '../session/standby/wish.ts';
import type { DaemonPart } from './part.ts';
import { PoolPart } from './pool-part.ts';
import type { Handler } from './server.ts';

/**
 * Keeps sessions ready, and hands them to the runs that claim them (ADR 0019). Confined is a service that may
 * not do all that its account may: systemd's.
 */
export function standbys(log: (text: string) => void, isConfined: boolean): DaemonPart {
  const pool = new StandbyPool(log, isConfined);
  const handlers = new Map<string, Handler>([
    [STANDBY_METHODS.prepare, async (params) => pool.prepare(checkedWish(params)) ?? null],
    [
      STANDBY_METHODS.claim,
      async (params, { closed }) => (await pool.claim(checkedClaim(params), closed)) ?? null,
    ],
    [STANDBY_METHODS.callOff, async () => (await pool.callOff()) ?? null],
  ]);
  return new PoolPart('standbys', pool, handlers);
}
