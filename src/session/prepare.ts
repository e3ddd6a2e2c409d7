import { findAgent } from '../plan/agents.ts';
import type { SessionContext } from './context.ts';
import { ensureImage } from './image.ts';
import { leaveOwnerMark } from '../host/owner-marks.ts';
import { interruptible } from './interrupt.ts';
import { sweepAfterDead } from './prune.ts';
import { ensureAgent } from './packages.ts';

/** Makes everything that a first run would make: the image and the named agents. */
export async function prepareHost(
  options: { readonly agents: readonly string[]; readonly rebuild: boolean },
  context: SessionContext,
): Promise<void> {
  const agents = options.agents.map((name) => findAgent(name, context.config));
  const interrupt = interruptible();
  const mark = leaveOwnerMark(context.paths.runtimeDir, context.owner);
  try {
    await sweepAfterDead(mark, await context.engine(), context);
    await ensureImage(context, interrupt.signal, { rebuild: options.rebuild });
    for (const agent of agents) await ensureAgent(agent, context, interrupt.signal);
  } finally {
    interrupt.release();
    mark.remove();
  }
}
