import type { TextSink } from './output/sink.ts';
import { CtError } from '../base/errors.ts';
import { EXIT, SIGNALS, exitStatusOfSignal, type SignalName } from '../base/exit.ts';
import { masked } from '../base/mask.ts';
import { printable } from '../base/text.ts';
import { jsonLine } from './output/json-text.ts';

/** How an error is shown. */
export interface FailFace {
  readonly json: boolean;
  /** The command passes an agent's status through, so every failure of ct's own is 125 */
  readonly passesStatus: boolean;
  /** Show where it came from: `-vv` */
  readonly trace: boolean;
}

/** Commands whose exit status is that of a program inside. Source: podman-run(1) */
const PASSES_STATUS = new Set(['attach', 'exec', 'run', 'shell']);

/** Whether a command line is one whose exit status belongs to a program inside. */
export function passesStatus(word: string | undefined): boolean {
  return word !== undefined && PASSES_STATUS.has(word);
}

/** Writes an error to stderr and gives the exit status that belongs to it. */
export function fail(thrown: unknown, stderr: TextSink, face: FailFace): number {
  const error = CtError.from(thrown);
  stderr.write(masked(face.json ? renderErrorJson(error) : renderError(error)));
  if (face.trace && !face.json) stderr.write(masked(renderTrace(error)));
  return exitStatusOfError(error, face.passesStatus);
}

/** The last word of a program that met what nobody expected. */
export function reportBug(thrown: unknown, stderr: TextSink): void {
  fail(thrown, stderr, { json: false, passesStatus: true, trace: true });
}

/** `ct: message`, then the hint and the failures of cleaning up, indented. */
export function renderError(error: CtError): string {
  const [first = '', ...rest] = error.message.split('\n');
  const below = [...rest, ...(error.hint?.split('\n') ?? [])];
  const cleanup = error.cleanup.map((failure) => `also, while cleaning up: ${failure.message}`);
  const lines = [`ct: ${printable(first)}`];
  for (const line of [...below, ...cleanup]) lines.push(`  ${printable(line)}`);
  return `${lines.join('\n')}\n`;
}

/** `{"error":{…}}` for `--json`. */
export function renderErrorJson(error: CtError): string {
  const { code, message, hint, details, cleanup } = error;
  return jsonLine({
    error: {
      code,
      message,
      hint: hint ?? null,
      details,
      ...(cleanup.length === 0 ? {} : { cleanup: cleanup.map((failure) => failure.message) }),
    },
  });
}

function renderTrace(error: CtError): string {
  const traces: string[] = [];
  for (let at: unknown = error; at instanceof Error && traces.length < 5; at = at.cause) {
    traces.push(at.stack ?? at.message);
  }
  const lines = traces.join('\ncaused by: ').split('\n');
  return `${lines.map((line) => `  ${printable(line)}`).join('\n')}\n`;
}

function exitStatusOfError(error: CtError, passesStatus: boolean): number {
  if (error.code === 'invalid_argument' && !passesStatus) return EXIT.usage;
  const { signal, neverRan, exitStatus } = error.details;
  if (passesStatus && neverRan === true && typeof exitStatus === 'number') return exitStatus;
  return error.code === 'canceled' && isSignal(signal) ? exitStatusOfSignal(signal) : EXIT.ctFailed;
}

function isSignal(value: unknown): value is SignalName {
  return typeof value === 'string' && Object.hasOwn(SIGNALS, value);
}
