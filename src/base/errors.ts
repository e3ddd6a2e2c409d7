/** The closed list of error codes, close to gRPC's so that both engines map on to it. */
export const ERROR_CODES = {
  invalid_argument: 'a word on the command line is wrong, whatever the state of the host',
  invalid_config: 'the configuration file is wrong: file, line, key, what was expected',
  not_found: 'the session, agent, image or file does not exist',
  already_exists: 'the name is taken',
  failed_precondition: 'the request is right, the host or the session is in the wrong state for it',
  permission_denied: 'the kernel, the engine or a policy refused',
  unauthenticated: 'credentials are missing or were refused',
  unavailable: 'the engine or a registry cannot be reached; trying again may help',
  deadline_exceeded: 'an answer did not come in time',
  canceled: 'the user stopped it',
  resource_exhausted: 'disk, memory, inodes or a quota ran out',
  unsupported: 'this engine or kernel lacks the feature',
  internal: 'a bug in ct; please report it',
} as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error carries beside its code and message. */
export interface ErrorParts {
  /** What to type or change now, one or more lines */
  readonly hint?: string;
  /** Plain facts for `--json` and the log, never a secret */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The foreign error, for the log only */
  readonly cause?: unknown;
  /** Errors met while undoing what was begun */
  readonly cleanup?: readonly CtError[];
}

/**
 * The only error that `ct` throws on purpose.
 *
 * `message` says what failed and why, lower case, without a full stop; `hint` says what to do.
 */
export class CtError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly cleanup: readonly CtError[];

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'CtError';
    this.code = code;
    this.hint = parts.hint;
    this.details = parts.details ?? {};
    this.cleanup = parts.cleanup ?? [];
  }

  /** Turns anything thrown into a {@link CtError}; what nobody translated is a bug. */
  static from(thrown: unknown): CtError {
    if (thrown instanceof CtError) return thrown;
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return new CtError('internal', text, {
      cause: thrown,
      hint: 'this is a bug in ct: run the command again with -vv and report what it prints',
    });
  }

  /** The same error with what went wrong while cleaning up after it. */
  withCleanup(cleanup: readonly CtError[]): CtError {
    if (cleanup.length === 0) return this;
    return new CtError(this.code, this.message, {
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      details: this.details,
      cause: this.cause ?? this,
      cleanup: [...this.cleanup, ...cleanup],
    });
  }
}

/** Whether `thrown` is a {@link CtError} with one of `codes`. */
export function isCtError(thrown: unknown, ...codes: readonly ErrorCode[]): thrown is CtError {
  return thrown instanceof CtError && (codes.length === 0 || codes.includes(thrown.code));
}
