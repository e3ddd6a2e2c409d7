import { resolve } from 'node:path';
import { agentNamed } from '../agents/catalogue.ts';
import { hostEnvironment, projectDirectory } from '../host/facts.ts';
import { newSessionId } from '../host/identity.ts';
import { hostCaBundle } from '../host/surroundings.ts';
import type { RunOptions } from '../plan/options.ts';
import { isProfilePath } from '../sandbox/seccomp/use.ts';
import { planSession, type SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { resolveImage } from './image.ts';
import { seccompFacts } from './seccomp.ts';

/** Reads what a plan depends on and makes it. The engine is not touched. */
export async function planRun(options: RunOptions, context: SessionContext): Promise<SessionPlan> {
  const agent = agentNamed(options.agent);
  const asked = options.seccomp ?? context.config.sandbox.seccomp;
  const wish = isProfilePath(asked) ? resolve(asked) : asked;
  const explain = options.explainDenials === true;
  const settled = { ...options, seccomp: wish };
  return planSession(settled, context.config, agent, {
    instance: context.instance(),
    owner: context.owner,
    projectDir: projectDirectory(),
    homesDir: `${context.paths.dataDir}/homes`,
    imageReference: resolveImage(context.config, context.paths).reference,
    caBundle: hostCaBundle(context.env, context.paths.stateDir),
    seccomp: await seccompFacts(wish, explain, context.paths),
    terminal: {
      stdinIsTty: process.stdin.isTTY === true,
      stdoutIsTty: process.stdout.isTTY === true,
    },
    hostEnv: hostEnvironment(context.env),
    sessionId: newSessionId(),
    ctVersion: context.ctVersion,
  });
}
