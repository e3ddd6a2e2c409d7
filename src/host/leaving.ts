/** What has to be put back before this process leaves, last first. */
const steps: (() => void)[] = [];

/** Has `step` run when the command has ended, whatever its result. It must not throw. */
export function beforeLeaving(step: () => void): void {
  steps.push(step);
}

/** Runs the steps, once. */
export function leave(): void {
  for (const step of steps.splice(0).reverse()) step();
}
