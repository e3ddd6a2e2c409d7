import { existsSync } from 'node:fs';
import { isCtError } from '../base/errors.ts';
import type { UndoStack } from '../base/undo.ts';
import type { CreatedContainer, Engine } from '../engine/engine.ts';
import { ensurePrivateDir } from '../host/files.ts';
import { findAgent } from '../plan/agents.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { holdProject, undoHold } from './project.ts';
import { requestLeaves } from './request-leaves.ts';
import { ensureSeccomp } from './seccomp.ts';

/**
 * Makes the container of a session and what its mounts need; on a host without the image or the agent yet,
 * makes these first; a service, `inService`, leaves that to runs, and is not in the project. Resolves to the engine's id.
 *
 * The engine mounts when the container is initialised, not when it is made: the mount points in the
 * project are placed while it works, and cost no time of their own.
 */
export async function createSession(
  plan: SessionPlan,
  engine: Engine,
  context: SessionContext,
  undo: UndoStack,
  signal: AbortSignal,
  inService?: { hold(): void },
): Promise<string> {
  if (!existsSync(plan.home)) {
    const { makeHome } = await import('./new-home.ts');
    makeHome(plan.home, findAgent(plan.agent, context.config).rulesFile);
  }
  ensurePrivateDir(plan.home);
  const { seccomp } = plan.container.sandbox;
  if (seccomp === undefined) context.report.warn(UNCONFINED_WARNING);
  else await ensureSeccomp(seccomp, plan.explainDenials);
  const { name } = plan.container;
  undo.push('mount points in the project', () => undoHold(plan, context, engine));
  undo.push(`container ${name}`, () => engine.remove(name));
  const creating = inService
    ? createContainer(plan, engine)
    : createPrepared(plan, engine, context, signal);
  const hold = (): void => (inService ? inService.hold() : holdProject(plan, context));
  const holding = requestLeaves().then(hold);
  // Both come to their end before anything is taken back.
  const [created, held] = await Promise.allSettled([creating, holding]);
  if (held.status === 'rejected') throw held.reason;
  if (created.status === 'rejected') throw created.reason;
  for (const warning of created.value.warnings) context.report.warn(`engine: ${warning}`);
  signal.throwIfAborted();
  return created.value.id;
}

const UNCONFINED_WARNING =
  'NO SECCOMP FILTER: programs in this session may use every system call of the kernel';

/** The usual run does not ask whether the image is there: it is told when it isn't. */
async function createPrepared(
  plan: SessionPlan,
  engine: Engine,
  context: SessionContext,
  signal: AbortSignal,
): Promise<CreatedContainer> {
  const { isInstalled, ensureAgent } = await import('./packages.ts');
  const agent = findAgent(plan.agent, context.config);
  const prepare = async (): Promise<void> => {
    (await import('./deliver-secrets.ts')).requireSources(plan, context);
    const { ensureImage } = await import('./image.ts');
    await ensureImage(context, signal);
    await ensureAgent(agent, context, signal);
  };
  if (!(await isInstalled(agent, engine))) await prepare();
  try {
    return await createContainer(plan, engine);
  } catch (thrown) {
    if (!isCtError(thrown, 'not_found')) throw thrown;
    await prepare();
    return createContainer(plan, engine);
  }
}

/** Once more when the engine died over it: the next call starts it again. */
async function createContainer(plan: SessionPlan, engine: Engine): Promise<CreatedContainer> {
  try {
    return await engine.create(plan.container);
  } catch (thrown) {
    if (!isCtError(thrown, 'unavailable')) throw thrown;
    await engine.remove(plan.container.name);
    return engine.create(plan.container);
  }
}
