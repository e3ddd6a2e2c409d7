import type { TextSink } from './sink.ts';
import type { Report, ReportStep } from '../../base/report.ts';
import { masked } from '../../base/mask.ts';
import { printable } from '../../base/text.ts';
import { Spinner } from './spinner.ts';

/** Where and how much a report says. */
export interface ReportOptions {
  readonly stderr: TextSink;
  /** A terminal gets a line that moves; anything else gets a line at the start and one at the end */
  readonly isTerminal: boolean;
  /** Times that `-v` was given */
  readonly verbosity: number;
  /** Milliseconds on a clock that never goes back */
  readonly clock?: () => number;
}

/** The report on stderr. Everything foreign in it is made safe for a terminal. */
export function createReport(options: ReportOptions): Report {
  const { stderr, verbosity, clock = () => performance.now() } = options;
  const spinner = options.isTerminal ? new Spinner(stderr, clock) : undefined;
  const line = (text: string): void => {
    spinner?.clear();
    stderr.write(`ct: ${printable(masked(text))}\n`);
    spinner?.draw();
  };
  const from =
    (level: number) =>
    (text: string): void => {
      if (verbosity >= level) line(text);
    };
  return {
    step: (text) => startStep({ text, clock, line, spinner, verbosity }),
    note: line,
    warn: (text) => line(`warning: ${text}`),
    verbose: from(1),
    debug: from(2),
  };
}

interface StepParts {
  readonly text: string;
  readonly clock: () => number;
  readonly line: (text: string) => void;
  readonly spinner: Spinner | undefined;
  readonly verbosity: number;
}

function startStep({ text, clock, line, spinner, verbosity }: StepParts): ReportStep {
  const startMs = clock();
  const entry = spinner?.add(text);
  if (spinner === undefined) line(`${text} …`);
  let isOver = false;
  const end = (outcome: string): void => {
    if (isOver) return;
    isOver = true;
    const wasSeen = entry === undefined || spinner?.remove(entry) === true;
    const seconds = ((clock() - startMs) / 1000).toFixed(1);
    // On a terminal a step too short to be seen leaves no trace either.
    if (wasSeen || verbosity > 0) line(`${text}: ${outcome} (${seconds} s)`);
  };
  return {
    update(detail) {
      if (entry !== undefined) entry.detail = detail;
      else if (verbosity > 1) line(`${text}: ${detail}`);
    },
    done: (outcome = 'done') => end(outcome),
    fail: () => end('failed'),
  };
}
