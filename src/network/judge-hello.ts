import type { RecordReason } from './record.ts';
import type { HelloOutcome } from './tls-hello.ts';

/** Whether a connection may go on, or why not. */
export type HelloVerdict =
  | { readonly verdict: 'more' }
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'deny'; readonly reason: RecordReason; readonly detail: string };

/**
 * Compares a TLS hello with the name that its destination address stands for. Only the very same name
 * will do, also where another one would be allowed: the certificate, the log and the rule then speak of
 * the same host.
 *
 * `name` undefined: the program brought an address along, so there is no name to compare with; any hello
 * that can be read, and has nothing hidden in it, passes.
 */
export function judgeHello(outcome: HelloOutcome, name: string | undefined): HelloVerdict {
  if (outcome.kind === 'more') return { verdict: 'more' };
  if (outcome.kind === 'refused') {
    return deny('protocol', outcome.why === 'not_tls' ? 'not TLS' : `TLS hello: ${outcome.why}`);
  }
  const { serverName, hasEch } = outcome.hello;
  if (hasEch) return deny('ech', 'encrypted ClientHello');
  if (name === undefined) return { verdict: 'allow' };
  if (serverName === undefined) return deny('no_sni', 'TLS without a server name');
  return serverName === name ? { verdict: 'allow' } : deny('sni', `asked for ${serverName}`);
}

function deny(reason: RecordReason, detail: string): HelloVerdict {
  return { verdict: 'deny', reason, detail };
}
