/** A long step under way; ends with exactly one of `done` and `fail`. */
export interface ReportStep {
  /** What it is doing just now, for the progress line */
  update(text: string): void;
  done(text?: string): void;
  fail(): void;
}

/**
 * Where `ct` says what it does, always on stderr: stdout belongs to the agent.
 *
 * The acting rings get this interface and never print; `cli/output` implements it.
 */
export interface Report {
  /** A step that may take seconds: shown with its elapsed time */
  step(text: string): ReportStep;
  /** A line that the user should see */
  note(text: string): void;
  /** A line about something that is not as it should be */
  warn(text: string): void;
  /** Shown with `-v` */
  verbose(text: string): void;
  /** Shown with `-vv` */
  debug(text: string): void;
}

const silentStep: ReportStep = { update() {}, done() {}, fail() {} };

/** Says nothing: for tests and for work in the background. */
export const silentReport: Report = {
  step: () => silentStep,
  note() {},
  warn() {},
  verbose() {},
  debug() {},
};
