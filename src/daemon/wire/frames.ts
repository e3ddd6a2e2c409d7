import { timingSafeEqual } from 'node:crypto';
import { CtError, ERROR_CODES, type ErrorCode } from '../../base/errors.ts';

/** Of the form of frames; one service speaks one. */
export const WIRE_VERSION = 1;

/** One question, a line of JSON; a connection has one. */
export interface DaemonRequest {
  readonly v: typeof WIRE_VERSION;
  /** Version of ct */
  readonly ct: string;
  /** See `runtimeKey` */
  readonly key: string;
  readonly method: string;
  readonly params: unknown;
}

/** The answer, a line of JSON; the connection stays open for as long as the client wants. */
export type DaemonReply = {
  readonly v: typeof WIRE_VERSION;
  readonly ct: string;
} & (
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly hint?: string;
      };
    }
);

/** What is asked of a service of another version too: they are how it is seen and replaced. */
const ANY_CT: readonly string[] = ['status', 'leave'];

/**
 * A line as a question.
 *
 * Errors: failed_precondition for another version · permission_denied for a wrong key · invalid_argument
 */
export function parseRequest(value: unknown, ct: string, key: string): DaemonRequest {
  const { v, ct: theirs, key: shown, method, params } = fields(value);
  if (typeof method !== 'string' || typeof theirs !== 'string' || typeof shown !== 'string') {
    throw new CtError('invalid_argument', 'not a question to the service of ct');
  }
  if (!isKey(shown, key)) {
    throw new CtError('permission_denied', 'the service answers its own account alone', {
      hint: RESTART,
    });
  }
  requireSame(v, { client: theirs, service: ct }, method);
  return { v: WIRE_VERSION, ct: theirs, key, method, params };
}

/**
 * What the service answered.
 *
 * Errors: its own · failed_precondition for another version · unavailable for what is no answer
 */
export function parseReply(value: unknown, ct: string, method: string): unknown {
  const { v, ct: theirs, ok, result, error } = fields(value);
  if (error !== undefined) throw errorOf(fields(error));
  requireSame(v, { client: ct, service: String(theirs) }, method);
  if (ok === true) return result;
  throw new CtError('unavailable', 'the service of ct answers something that is no answer', {
    hint: RESTART,
  });
}

/** The answer that says what went wrong. */
export function errorReply(ct: string, thrown: unknown): DaemonReply {
  const { code, message, hint } = CtError.from(thrown);
  const error = { code, message, ...(hint === undefined ? {} : { hint }) };
  return { v: WIRE_VERSION, ct, error };
}

/** One frame as it goes over the socket. */
export function encodeLine(frame: DaemonRequest | DaemonReply): string {
  return `${JSON.stringify(frame)}\n`;
}

const RESTART = 'put this version in its place:  ct daemon restart   (sessions go on)';

function requireSame(
  v: unknown,
  { client, service }: { readonly client: string; readonly service: string },
  method: string,
): void {
  if (v === WIRE_VERSION && (client === service || ANY_CT.includes(method))) return;
  const which = client === service ? 'of another build' : `ct ${service}, and this is ct ${client}`;
  throw new CtError('failed_precondition', `the service that runs is ${which}`, { hint: RESTART });
}

function errorOf({ code, message, hint }: Readonly<Record<string, unknown>>): CtError {
  const known = Object.hasOwn(ERROR_CODES, String(code)) ? (code as ErrorCode) : 'internal';
  return new CtError(known, String(message), typeof hint === 'string' ? { hint } : {});
}

function isKey(shown: string, key: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
