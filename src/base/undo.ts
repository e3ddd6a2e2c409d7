import { CtError } from './errors.ts';

/** One step back; must be safe to run when the thing is already gone. */
export type UndoStep = () => Promise<void>;

/**
 * What must be taken back when a later step fails, newest first.
 *
 * Each step of a run pushes its own undo; `unwind` runs all of them even if some fail and returns the
 * failures, so that the caller can report both what went wrong and what could not be cleaned.
 */
export class UndoStack {
  readonly #steps: { readonly name: string; readonly undo: UndoStep }[] = [];

  /** Remembers how to take back the step called `name`. */
  push(name: string, undo: UndoStep): void {
    this.#steps.push({ name, undo });
  }

  /** Forgets all steps: the work is done and stays. */
  commit(): void {
    this.#steps.length = 0;
  }

  /** Takes back every step, newest first; returns what could not be taken back. */
  async unwind(): Promise<CtError[]> {
    const failures: CtError[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (thrown) {
        const error = CtError.from(thrown);
        failures.push(new CtError(error.code, `${step.name}: ${error.message}`, { cause: thrown }));
      }
    }
    return failures;
  }
}
