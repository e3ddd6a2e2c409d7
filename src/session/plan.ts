import { readAnswers } from '../broker/remembered.ts';
import { hostEnvironment, projectDirectory } from '../host/facts.ts';
import { newSessionId } from '../host/identity.ts';
import { hostCaBundle } from '../host/surroundings.ts';
import type { RunOptions } from '../plan/options.ts';
import { findAgent } from '../plan/agents.ts';
import { planSession, type SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { resolveImage } from './image.ts';
import { userFacts } from './user-environment.ts';

/** Reads what a plan depends on and makes it. The engine is not touched. */
export async function planRun(options: RunOptions, context: SessionContext): Promise<SessionPlan> {
  const agent = findAgent(options.agent, context.config);
  const projectDir = projectDirectory();
  return planSession(options, context.config, agent, {
    instance: context.instance(),
    owner: context.owner,
    projectDir,
    homesDir: `${context.paths.dataDir}/homes`,
    imageReference: resolveImage(context.config, context.paths).reference,
    caBundle: hostCaBundle(context.env, context.paths.stateDir),
    terminal: {
      stdinIsTty: process.stdin.isTTY === true,
      stdoutIsTty: process.stdout.isTTY === true,
    },
    hostEnv: hostEnvironment(context.env),
    user: await userFacts(context, projectDir),
    secrets: {
      answers: readAnswers(context.paths.stateDir)[agent.name] ?? {},
      present: agent.secrets.filter((name) => (context.env[name] ?? '') !== ''),
    },
    sessionId: newSessionId(),
    ctVersion: context.ctVersion,
  });
}
