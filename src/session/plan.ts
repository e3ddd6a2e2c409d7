import { agentNamed } from '../agents/catalogue.ts';
import { hostEnvironment, projectDirectory } from '../host/facts.ts';
import { newSessionId } from '../host/identity.ts';
import { measurePowers } from '../host/powers.ts';
import { hostCaBundle } from '../host/surroundings.ts';
import type { RunOptions } from '../plan/options.ts';
import { planSession, type SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { resolveImage } from './image.ts';

/** Reads what a plan depends on and makes it. The engine is not touched. */
export async function planRun(options: RunOptions, context: SessionContext): Promise<SessionPlan> {
  const agent = agentNamed(options.agent);
  return planSession(options, context.config, agent, {
    instance: context.instance(),
    owner: context.owner,
    projectDir: projectDirectory(),
    homesDir: `${context.paths.dataDir}/homes`,
    imageReference: resolveImage(context.config, context.paths).reference,
    caBundle: hostCaBundle(context.env, context.paths.stateDir),
    terminal: {
      stdinIsTty: process.stdin.isTTY === true,
      stdoutIsTty: process.stdout.isTTY === true,
    },
    hostEnv: hostEnvironment(context.env),
    registries: await registriesFor(options, context),
    powers: measurePowers(context.env),
    sessionId: newSessionId(),
    ctVersion: context.ctVersion,
  });
}

/** Only a strict session asks for them: the host's tools are slow to answer. */
async function registriesFor({ network }: RunOptions, { config, env, paths }: SessionContext) {
  if ((network ?? config.network.mode) !== 'strict' || !config.network.registries) return [];
  const { readRegistries } = await import('../host/registries.ts');
  return readRegistries(env, paths.home, paths.stateDir);
}
