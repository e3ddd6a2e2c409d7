import { randomBytes } from 'node:crypto';
import { isCtError } from '../../base/errors.ts';
import type { Transport } from './transport.ts';
import { Leases } from './services.ts';

/** Label by which the garbage collector lets go of a lease itself. */
const EXPIRE = 'containerd.io/gc.expire';

/** Label with the exit status of a container that removed itself. */
const EXIT = 'ct.exit';

const EXIT_KEPT_MS = 10 * 60_000;

/**
 * Runs `work` under a lease: what it makes is safe from the garbage collector until something that
 * stays refers to it. Without one the collector was seen to take a fresh snapshot.
 *
 * After a failure that `goesOn` knows, the lease is left to expire: the next attempt begins with what is
 * there. After any other, what was made is gone when the failure is told.
 */
export async function withLease<T>(
  transport: Transport,
  keepMs: number,
  work: (lease: string) => Promise<T>,
  goesOn: (thrown: unknown) => boolean = () => false,
): Promise<T> {
  const id = `ct-${randomBytes(8).toString('hex')}`;
  await transport.unary(
    Leases.create,
    { id, labels: { [EXPIRE]: expiry(keepMs) } },
    { doing: 'take a lease' },
  );
  let ending: 'done' | 'failed' | 'to go on' = 'done';
  try {
    return await work(id);
  } catch (thrown) {
    ending = goesOn(thrown) ? 'to go on' : 'failed';
    throw thrown;
  } finally {
    // The work is done whether or not this succeeds: it expires.
    if (ending !== 'to go on') {
      await dropLease(transport, id, ending === 'failed').catch(() => undefined);
    }
  }
}

/** With `sync` the answer comes when the garbage collector has been there. */
async function dropLease(transport: Transport, id: string, sync: boolean): Promise<void> {
  await transport.unary(Leases.delete, { id, sync }, { doing: 'drop a lease' });
}

/**
 * Writes down how a container ended, for those who ask after it is gone. A lease is the one record of
 * containerd that has labels, refers to nothing and goes by itself.
 */
export async function recordExit(transport: Transport, id: string, status: number): Promise<void> {
  const call = { doing: 'write down an exit status' };
  try {
    await transport.unary(Leases.create, exitRecord(id, status), call);
  } catch (thrown) {
    if (!isCtError(thrown, 'already_exists')) throw thrown;
  }
}

/** The lease that says how a container ended. */
export function exitRecord(
  id: string,
  status: number,
): { readonly id: string; readonly labels: Readonly<Record<string, string>> } {
  const labels = { [EXIT]: String(status), [EXPIRE]: expiry(EXIT_KEPT_MS) };
  return { id: exitLease(id), labels };
}

/** `Engine.exitOf`: the record, if there is one. */
export async function recordedExit(transport: Transport, id: string): Promise<number | undefined> {
  const { leases } = await transport.unary(
    Leases.list,
    { filters: [`id=="${exitLease(id)}"`] },
    { doing: 'ask how the container ended' },
  );
  const text = leases.find((lease) => lease.id === exitLease(id))?.labels[EXIT];
  const status = Number(text ?? Number.NaN);
  return Number.isInteger(status) && status >= 0 ? status : undefined;
}

function exitLease(id: string): string {
  return `ct-exit-${id}`;
}

function expiry(keepMs: number): string {
  return new Date(Date.now() + keepMs).toISOString().replace(/\.\d+Z$/u, 'Z');
}
