import type { Socket } from 'node:net';
import { judgeHello, type HelloVerdict } from '../network/judge-hello.ts';
import { HelloReader } from '../network/tls-hello.ts';
import { peek } from './peek.ts';

/** Whether a stream may go on, or why not. */
export type StreamVerdict = Exclude<HelloVerdict, { verdict: 'more' }>;

/** A hello must be complete within this, `ms` */
const HELLO_MS = 15_000;

/**
 * Whether a stream begins with TLS for exactly this name; it is left at its first byte.
 *
 * On port 443 nothing else passes: on an address that many hosts share, the name in the hello is what
 * chooses between them. An encrypted hello hides it, so it is refused.
 */
export async function requireHello(socket: Socket, name: string): Promise<StreamVerdict> {
  const reader = new HelloReader();
  const read = (chunk: Buffer) => final(judgeHello(reader.push(chunk), name));
  const verdict = await peek(socket, read, HELLO_MS);
  return verdict ?? { verdict: 'deny', reason: 'protocol', detail: 'no complete TLS hello' };
}

/**
 * For ports where another protocol may be spoken: TLS is held to its name, anything else passes. The
 * other direction need not wait, so protocols in which the server speaks first work.
 */
export async function checkHelloIfAny(socket: Socket, name: string): Promise<StreamVerdict> {
  const reader = new HelloReader();
  let isBegun = false;
  const read = (chunk: Buffer): StreamVerdict | undefined => {
    isBegun = true;
    const outcome = reader.push(chunk);
    if (outcome.kind === 'refused' && outcome.why === 'not_tls') return { verdict: 'allow' };
    return final(judgeHello(outcome, name));
  };
  const verdict = await peek(socket, read, Infinity);
  if (verdict !== undefined || !isBegun) return verdict ?? { verdict: 'allow' };
  return { verdict: 'deny', reason: 'protocol', detail: 'half a TLS hello' };
}

function final(verdict: HelloVerdict): StreamVerdict | undefined {
  return verdict.verdict === 'more' ? undefined : verdict;
}
