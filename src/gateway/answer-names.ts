import { mayResolve } from '../network/decide.ts';
import { NO_SUCH_NAME, renderDnsAnswer, type DnsAnswer } from '../network/dns-answer.ts';
import { RCODE, TYPE, parseDnsQuery, type DnsQuery } from '../network/dns-message.ts';
import type { NameTable } from '../network/names.ts';
import type { NetworkPolicy, Verdict } from '../network/policy.ts';
import type { Recorder } from './recorder.ts';
import type { DnsResponder } from './dns-server.ts';

/** What answering the questions of one session needs. */
export interface NameService {
  readonly policy: () => NetworkPolicy;
  readonly names: NameTable;
  readonly recorder: Recorder;
}

/** Names keep their address as long as the session lives; programs ask again all the same, `seconds`. */
const TTL = 60;

/**
 * Answers a session's questions out of itself: an allowed name has an address that stands for it in this
 * session only, anything else does not exist. Nothing is passed on, so there is nobody to talk to by
 * questions.
 */
export function answerNames(service: NameService): DnsResponder {
  return (message, transport) => {
    const input = parseDnsQuery(message);
    if (input.kind === 'drop') return undefined;
    const answer: DnsAnswer =
      input.kind === 'error' ? { rcode: input.rcode } : answerQuery(input.query, service);
    return renderDnsAnswer(input.query, answer, transport);
  };
}

/** In shadow a question counts, whether or not a connection follows: strict would not have answered it. */
function wouldBeRefused({ reason }: Verdict, { record }: NetworkPolicy): boolean {
  return record === 'shadow' && reason === 'recorded';
}

function answerQuery({ name, type }: DnsQuery, service: NameService): DnsAnswer {
  if (name === undefined) return NO_SUCH_NAME;
  const verdict = mayResolve(service.policy(), name);
  if (verdict.verdict === 'deny') {
    service.recorder.write({ event: 'dns', name, ...verdict });
    return NO_SUCH_NAME;
  }
  if (wouldBeRefused(verdict, service.policy())) {
    service.recorder.write({ event: 'dns', name, ...verdict });
  }
  // There is no IPv6 and no service binding in here: the name exists, this record does not.
  if (type !== TYPE.A) return { rcode: RCODE.ok };
  const assigned = service.names.assign(name, verdict.rule ?? verdict.reason, performance.now());
  if ('address' in assigned) return { rcode: RCODE.ok, addresses: [assigned.address], ttl: TTL };
  const detail =
    assigned.exhausted === 'session'
      ? 'the session has asked for too many names'
      : `too many new names in a minute for the rule ${verdict.rule ?? ''}`;
  service.recorder.write({ event: 'limit', name, verdict: 'deny', reason: 'limit', detail });
  return { rcode: RCODE.servFail };
}
