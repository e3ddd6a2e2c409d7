import { CtError } from '../base/errors.ts';
import { installAgents, outdatedAgents, type AgentChange } from './agents.ts';
import type { SessionContext } from './context.ts';
import { collectGarbage } from './garbage.ts';
import { ensureImage } from './image.ts';
import { installPackages, type PackagesReport } from './install-packages.ts';
import { interruptible } from './interrupt.ts';

/** What an update came to. */
export interface UpdateReport extends PackagesReport {
  readonly agents: readonly AgentChange[];
  readonly failedAgents: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Debian packages, the programs of packages.toml and agents in their newest versions. Each of the three is
 * whole or as it was before; one that fails does not stop the others.
 *
 * Errors: those of `installPackages`; canceled
 */
export async function updateAll(context: SessionContext): Promise<UpdateReport> {
  const { packages } = await installPackages(context, { update: true });
  const agents: AgentChange[] = [];
  const failedAgents: { name: string; reason: string }[] = [];
  for (const name of await outdatedAgents(context)) {
    try {
      agents.push(...(await installAgents([name], context, true)));
    } catch (thrown) {
      const { code, message } = CtError.from(thrown);
      if (code === 'canceled') throw thrown;
      failedAgents.push({ name, reason: message });
    }
  }
  return { packages, agents, failedAgents };
}

/**
 * Base, image and layer made again from nothing; each takes the place of the old one when it is whole.
 *
 * Errors: those of `ensureImage`
 */
export async function rebuildImage(context: SessionContext): Promise<void> {
  const interrupt = interruptible();
  try {
    await ensureImage(context, interrupt.signal, { rebuild: true, fresh: true });
  } finally {
    interrupt.release();
  }
  await collectGarbage(context, { dryRun: false });
}
