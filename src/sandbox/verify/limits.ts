import type { ProcessLimit } from '../spec.ts';
import { type Check, type Difference } from './verify.ts';

/** Limits of each process and of the control group, as far as they were planned. */
export const checkLimits: Check = ({ limits }, seen) => [
  ...limits.process.flatMap(({ name, value }) => {
    const found = seen.limits.get(KERNEL_WORDS[name]);
    const isRight = found?.soft === value && found.hard === value;
    const shown = `${found?.soft ?? 'none'} (up to ${found?.hard ?? 'any'})`;
    return isRight ? [] : [{ what: `limit ${name}`, planned: String(value), seen: shown }];
  }),
  ...amount('memory limit', limits.memoryBytes, seen.controlGroup.memoryBytes, PAGE),
  ...amount('processor limit', limits.cpus, seen.controlGroup.cpus, 0.01),
  ...amount('process limit', limits.pids, seen.controlGroup.pids, 0),
];

/** Source: proc_pid_limits(5) */
const KERNEL_WORDS: Readonly<Record<ProcessLimit['name'], string>> = {
  nofile: 'Max open files',
  nproc: 'Max processes',
  core: 'Max core file size',
};

/** The kernel rounds down to whole pages; the largest there are, `bytes`. */
const PAGE = 65_536;

function amount(
  what: string,
  planned: number | undefined,
  seen: number | undefined,
  tolerance: number,
): readonly Difference[] {
  if (planned === undefined) return [];
  if (seen !== undefined && Math.abs(seen - planned) <= tolerance) return [];
  return [{ what, planned: String(planned), seen: seen === undefined ? 'none' : String(seen) }];
}
