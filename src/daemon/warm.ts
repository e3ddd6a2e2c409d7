import { WarmPool } from '../session/warm/pool.ts';
import { WARM_METHODS, checkedJoin, checkedWarmClaim } from '../session/warm/wish.ts';
import { checkedParkWish } from '../session/standby/wish.ts';
import type { DaemonPart } from './part.ts';
import { PoolPart } from './pool-part.ts';
import type { Handler } from './server.ts';

/** Keeps warm sessions, and lets runs in (ADR 0021). */
export function warmSessions(log: (text: string) => void, isConfined: boolean): DaemonPart {
  const pool = new WarmPool(log, isConfined);
  const handlers = new Map<string, Handler>([
    [WARM_METHODS.prepare, async (params) => pool.prepare(checkedParkWish(params)) ?? null],
    [
      WARM_METHODS.claim,
      async (params, { closed }) => (await pool.claim(checkedWarmClaim(params), closed)) ?? null,
    ],
    [WARM_METHODS.join, async (params, { closed }) => pool.join(checkedJoin(params), closed)],
    [WARM_METHODS.callOff, async () => (await pool.callOff()) ?? null],
  ]);
  return new PoolPart('warm', pool, handlers);
}
