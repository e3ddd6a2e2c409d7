import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { PULL_FAILURES, type PullFailure } from '../pull-failures.ts';

const BROKEN: PullFailure = {
  code: 'failed_precondition',
  hint: 'the registry, or something on the way to it, gives out something else than the image says: ask whoever runs it',
};

/** What a registry did wrong or would not do; `registry` is in the details of the error. */
export function registryError(
  registry: string,
  failure: PullFailure,
  message: string,
  cause?: unknown,
): CtError {
  const { code, hint, details } = failure;
  return new CtError(code, message, {
    ...(hint === undefined ? {} : { hint: hint.replaceAll('REGISTRY', printable(registry)) }),
    details: { ...details, registry: printable(registry) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What came is not what was promised: nothing of it is used. */
export function brokenImage(registry: string, message: string): CtError {
  return registryError(registry, BROKEN, `what ${printable(registry)} gives is broken: ${message}`);
}

/** An answer that says no. Source: distribution-spec "Error Codes" */
export function answerError(registry: string, status: number, text: string): CtError {
  const said = text === '' ? `status ${status}` : `${printable(text.slice(0, 300))} (${status})`;
  return registryError(registry, failureOf(status), `${printable(registry)} says: ${said}`);
}

function failureOf(status: number): PullFailure {
  if (status === 401 || status === 403) return PULL_FAILURES.login;
  if (status === 404) return PULL_FAILURES.unknown;
  if (status === 429 || status >= 500) return PULL_FAILURES.unreachable;
  return { code: 'failed_precondition' };
}

/** The words of an error body; '' when it has none. */
export function wordsOf(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: readonly { message?: unknown }[] };
    const words = errors?.map(({ message }) => message).find((word) => typeof word === 'string');
    return typeof words === 'string' ? words.trim() : '';
  } catch {
    return '';
  }
}

/** What went wrong on the way, as an error of ours. */
export function wireError(registry: string, thrown: unknown): CtError {
  if (thrown instanceof CtError) return thrown;
  const { code = '', message = '' } = firstOf(thrown);
  const host = printable(registry);
  const reason = printable(message === '' ? code : message).slice(0, 200);
  if (/^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/u.test(code)) {
    const { certificate } = PULL_FAILURES;
    const text = `the certificate of ${host} is not accepted: ${reason}`;
    const failure = { ...certificate, details: { certificate: code } };
    return registryError(registry, failure, text, thrown);
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('HPE_')) {
    const hint =
      'if it is one without TLS and you trust the way to it: insecure = true for it in registries.conf';
    const text = `${host} does not speak ${code.startsWith('HPE_') ? 'HTTP' : 'TLS'}`;
    return registryError(registry, { code: 'unavailable', hint }, text, thrown);
  }
  const text = `the connection to ${host} failed: ${reason}`;
  return registryError(registry, PULL_FAILURES.unreachable, text, thrown);
}

/** Whether trying once more may help. */
export function mayPass(thrown: unknown): boolean {
  return (
    thrown instanceof CtError && thrown.code === 'unavailable' && !('certificate' in thrown.details)
  );
}

/** Of several addresses that were tried, the first one's failure. */
function firstOf(thrown: unknown): NodeJS.ErrnoException {
  const all: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  return all as NodeJS.ErrnoException;
}
