import { CtError, type ErrorCode, type ErrorParts } from '../../base/errors.ts';
import { EXIT } from '../../base/exit.ts';
import { printable } from '../../base/text.ts';

/** gRPC's status numbers, as far as containerd uses them. Source: grpc/doc/statuscodes.md */
const STATUS: Readonly<Record<number, ErrorCode>> = {
  1: 'canceled',
  3: 'invalid_argument',
  4: 'deadline_exceeded',
  5: 'not_found',
  6: 'already_exists',
  7: 'permission_denied',
  8: 'resource_exhausted',
  9: 'failed_precondition',
  12: 'unsupported',
  14: 'unavailable',
  16: 'unauthenticated',
};

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Texts → meaning, first match wins: what runc and crun say arrives as status 2 (unknown).
 *
 * Seen on containerd 1.6.20 and 1.7.24 with runc 1.1.5 and crun 1.8.1 and 1.21.
 */
const RULES: readonly Rule[] = [
  {
    pattern: /no space left on device|disk quota exceeded/iu,
    code: 'resource_exhausted',
    hint: "free space ('df -h' shows where) and run again",
  },
  {
    pattern:
      /executable file [^\n]*not found|exec: [^\n]*no such file or directory|exec [^\n]*failed: No such file/iu,
    code: 'not_found',
    details: { exitStatus: EXIT.notFound },
  },
  {
    pattern:
      /open executable: (?:permission denied|operation not permitted)|exec: [^\n]*permission denied|exists but it is not executable/iu,
    code: 'permission_denied',
    details: { exitStatus: EXIT.notExecutable },
  },
  {
    pattern: /cgroups in hybrid mode not supported/iu,
    code: 'failed_precondition',
    hint: 'the OCI runtime crun does not run on this host: install runc (sudo apt install runc)',
  },
  {
    pattern:
      /(?:error mounting|cannot stat|open|stat|openat|mount) ?[^\n]*no such file or directory/iu,
    code: 'not_found',
    hint: 'a directory to be mounted is not there (any more)',
  },
  {
    // The last: its shim leaves, since somebody else removes it or it was killed.
    pattern: /process already finished|no such process|container not running|ttrpc: closed/iu,
    code: 'not_found',
  },
];

/** What gRPC gives: a status number, and the daemon's own words. */
interface GrpcError {
  readonly code?: number | string;
  readonly details?: string;
  readonly message?: string;
}

/** Whether a call did not leave: nobody listens on the socket. */
export function isNotConnected(thrown: unknown): boolean {
  const { code, details = '' } = thrown as GrpcError;
  return code === 14 && /No connection established|ECONNREFUSED|ENOENT/u.test(details);
}

/**
 * What containerd refused, as an error of ours; the only place where its words are read.
 *
 * `doing` completes "cannot …".
 */
export function callError(doing: string, thrown: unknown, signal?: AbortSignal): CtError {
  if (thrown instanceof CtError) return thrown;
  if (signal?.aborted === true) return stopped(doing, signal.reason);
  const { code, details, message } = thrown as GrpcError;
  const text = details ?? message ?? String(thrown);
  if (typeof code !== 'number') {
    return new CtError('unavailable', `cannot ${doing}: ${shorten(text)}`, { cause: thrown });
  }
  if (code === 4) return tooLate(doing);
  if (code === 14) return left(doing, thrown);
  return engineError(doing, text, STATUS[code]);
}

/** Errors: canceled when the caller has stopped already */
export function throwIfStopped(doing: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw stopped(doing, signal.reason);
}

/** A text of the daemon or its OCI runtime, as an error of ours. */
export function engineError(doing: string, text: string, code?: ErrorCode): CtError {
  const rule = code === undefined || code === 'failed_precondition' ? ruleFor(text) : undefined;
  const parts: ErrorParts = {
    details: { ...rule?.details, engine: printable(text) },
    ...(rule?.hint === undefined ? {} : { hint: rule.hint }),
  };
  return new CtError(
    rule?.code ?? code ?? 'failed_precondition',
    `cannot ${printable(doing)}: ${shorten(text)}`,
    parts,
  );
}

function ruleFor(text: string): Rule | undefined {
  return RULES.find(({ pattern }) => pattern.test(text));
}

function stopped(doing: string, reason: unknown): CtError {
  return reason instanceof CtError
    ? reason
    : new CtError('canceled', `stopped: ${doing}`, { cause: reason });
}

function tooLate(doing: string): CtError {
  return new CtError('deadline_exceeded', `cannot ${doing}: containerd does not answer`, {
    hint: 'it may be stopped or overloaded: look at it with ps -C containerd -o pid,stat,args, end it, and run again',
  });
}

function left(doing: string, cause: unknown): CtError {
  return new CtError('unavailable', `cannot ${doing}: containerd closed the connection`, {
    hint: 'run again; if it happens often, see the log of containerd',
    cause,
  });
}

/** The last part of a chain says what happened; the first ones who passed it on. */
function shorten(text: string): string {
  const line = printable(text.trim());
  return line.length > 600 ? `${line.slice(0, 600)}…` : line;
}
