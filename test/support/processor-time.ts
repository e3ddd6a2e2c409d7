/**
 * Processor time that `work` takes in this process, `ms`. On a busy machine the clock on the wall measures
 * the neighbours too.
 */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
