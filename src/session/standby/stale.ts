import { CtError } from '../../base/errors.ts';
import { isOver, readStat } from '../../host/process.ts';
import type { Parked } from './park.ts';

/** Whether its PID 1 is gone. */
export function hasEnded({ pid, startTicks }: Pick<Parked, 'pid' | 'startTicks'>): boolean {
  return isOver(pid) || readStat(pid)?.startTicks !== startTicks;
}

/** Whether it has waited for as long as it may. */
export function isTooOld({ untilMs }: Pick<Parked, 'untilMs'>): boolean {
  return performance.now() > untilMs;
}

/** Why one must not be handed out, in words; what the kernel shows of it, the run itself looks at. */
export async function whyStale(parked: Parked): Promise<string | undefined> {
  if (hasEnded(parked)) return 'it has ended';
  if (isTooOld(parked)) return 'it is too old';
  const { engine, plan, imageId } = parked;
  try {
    const image = await engine.images.inspect(plan.container.sandbox.image);
    return image?.id === imageId ? undefined : 'the image is another one by now';
  } catch (thrown) {
    return `the engine does not say which image it has: ${CtError.from(thrown).message}`;
  }
}
