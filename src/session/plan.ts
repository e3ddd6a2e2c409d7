import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { Provider } from '../agents/providers.ts';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { Agent } from '../agents/agent.ts';
import { readAnswers } from '../broker/remembered.ts';
import type { Config } from '../config/schema.ts';
import { hostAuthorities } from '../host/authorities.ts';
import { hostEnvironment } from '../host/facts.ts';
import { ENGINE_TRAITS } from '../engine/choose.ts';
import { engineOf } from '../engine/open.ts';
import { newSessionId } from '../host/identity.ts';
import { rememberHidden } from '../host/hidden-before.ts';
import { provideMasks } from '../host/masks.ts';
import { surveyProject } from '../host/project-survey.ts';
import { isSelinuxEnforcing } from '../host/selinux.ts';
import { measurePowers } from '../host/powers.ts';
import { MIN_SUBIDS, requireSubids } from '../host/subids.ts';
import { emptyPolicy, type NetworkPolicy } from '../network/policy.ts';
import type { Facts } from '../plan/facts.ts';
import type { RunOptions } from '../plan/options.ts';
import type { ProjectSurvey } from '../sandbox/project-survey.ts';
import type { HostPowers } from '../sandbox/host-powers.ts';
import { findAgent } from '../plan/agents.ts';
import { isProfilePath } from '../sandbox/seccomp/use.ts';
import { planSession, wishedSeccomp, type SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { resolveImage } from './image.ts';
import { seccompFacts } from './seccomp.ts';
import { userFacts } from './user-environment.ts';

/** Loaded only for who names something. Errors: invalid_argument, see `judgeNames` */
async function vainNames(
  { writable = [], visible = [] }: RunOptions,
  { config }: SessionContext,
  project: ProjectSurvey,
): Promise<readonly string[]> {
  const configured = config.project;
  const count = writable.length + visible.length;
  if (count + configured.writable.length + configured.visible.length === 0) return [];
  const { judgeNames } = await import('../sandbox/named-paths.ts');
  return judgeNames({ writable, visible }, configured, project);
}

/** Reads what a plan depends on and makes it. The engine is not touched. */
export async function planRun(options: RunOptions, context: SessionContext): Promise<SessionPlan> {
  const probed = context.spans.begin('probe');
  const agent = findAgent(options.agent, context.config);
  const project = surveyProject({
    paths: context.paths,
    env: context.env,
    uid: process.getuid?.() ?? 0,
    allowedRoots: context.config.project.allowed_roots,
    visible: [...context.config.project.visible, ...(options.visible ?? [])],
    socket: context.config.engine.socket,
  });
  noteScratch(project, context);
  rememberHidden(context.paths.stateDir, project.dir, project.remembered);
  const asked = wishedSeccomp(options, context.config);
  const wish = isProfilePath(asked) ? resolve(asked) : asked;
  const explain = options.explainDenials === true;
  const settled = { ...options, seccomp: wish };
  const facts: Facts = {
    instance: context.instance(),
    owner: context.owner,
    project,
    vainNames: await vainNames(options, context, project),
    masks: provideMasks(context.paths.dataDir),
    hasSelinux: isSelinuxEnforcing(),
    homesDir: `${context.paths.dataDir}/homes`,
    ...imageFacts(context),
    authorities: await hostAuthorities(context.env, context.paths.stateDir),
    seccomp: await seccompFacts(wish, explain, context.paths),
    terminal: {
      // To open them for the question takes milliseconds, which the engine has nothing to do in.
      stdinIsTty: isatty(0),
      stdoutIsTty: isatty(1),
    },
    hostEnv: hostEnvironment(context.env),
    user: await userFacts(context, project.dir),
    ...(await providerFacts(options, agent.name, context)),
    secrets: {
      answers: readAnswers(context.paths.stateDir)[agent.name] ?? {},
      present: agent.secrets.filter((name) => (context.env[name] ?? '') !== ''),
    },
    powers: powersFor(context),
    sessionId: newSessionId(),
    ctVersion: context.ctVersion,
  };
  const policy = await policyFor(options, withProvider(agent, facts.provider), context);
  probed();
  const planned = context.spans.begin('plan');
  const plan = planSession(settled, context.config, agent, facts, policy);
  planned();
  return plan;
}

/** The image, and what of the user's packages a session is told of. */
function imageFacts({
  config,
  paths,
}: SessionContext): Pick<Facts, 'imageReference' | 'generation' | 'hasChromium'> {
  const { reference, generation, layer } = resolveImage(config, paths);
  return {
    imageReference: reference,
    ...(generation !== undefined && { generation }),
    ...(layer?.packages.includes('chromium') === true && { hasChromium: true }),
  };
}

function noteScratch({ dir, insteadOf }: ProjectSurvey, { report }: SessionContext): void {
  if (insteadOf === undefined) return;
  report.note(
    `${printable(insteadOf)} holds more than a project and is not given to the agent, which works in ${printable(dir)}`,
  );
}

/** With a provider of models the agent talks to that one too. */
function withProvider(agent: Agent, provider: Provider | undefined): Agent {
  if (provider === undefined) return agent;
  return { ...agent, domains: [...agent.domains, new URL(provider.baseUrl).hostname] };
}

/**
 * What the session may reach. A network that is open or absent asks no list: the usual run loads nothing
 * of the rules. Only strict asks for registries: the host's tools are slow to answer.
 */
async function policyFor(
  { network: wanted, record }: RunOptions,
  agent: Agent,
  { config: { network }, env, paths }: SessionContext,
): Promise<NetworkPolicy> {
  const mode = wanted ?? network.mode;
  if (mode === 'offline' || (mode === 'permissive' && hasNoRules(network))) {
    return emptyPolicy(mode, network.ports.map(Number));
  }
  const { planNetwork } = await import('../plan/network.ts');
  if (mode === 'permissive' || !network.registries) {
    return planNetwork({ mode, network, agent, registries: [], record });
  }
  const { readRegistries } = await import('../host/registries.ts');
  const registries = await readRegistries(env, paths.home, paths.stateDir);
  return planNetwork({ mode, network, agent, registries, record });
}

function hasNoRules(network: Config['network']): boolean {
  const { allowed_domains, allowed_ips, blocked_domains, blocked_ips, allow_private } = network;
  const lists = [allowed_domains, allowed_ips, blocked_domains, blocked_ips, allow_private];
  return (
    lists.every((list) => list.length === 0) && Object.keys(network.host_services).length === 0
  );
}

/**
 * What the host can enforce, as far as the engine passes it on. An account with too few subordinate ids is told
 * the line that cures it, rather than which wall of which preset falls.
 */
function powersFor(context: SessionContext): HostPowers {
  const powers = measurePowers(context.env);
  if (powers.mappableIds <= MIN_SUBIDS) requireSubids();
  const { controlGroups } = ENGINE_TRAITS[engineOf(context)];
  return controlGroups ? powers : { ...powers, controllers: [] };
}

/** Loaded only where a provider is named. */
async function providerFacts(
  { provider }: RunOptions,
  agent: string,
  { config, env }: SessionContext,
): Promise<{ readonly provider?: Provider }> {
  if (provider === undefined) return {};
  if (agent !== 'claude') {
    throw new CtError('invalid_argument', `--provider is for claude, not for ${agent}`);
  }
  const { resolveProvider } = await import('../plan/providers.ts');
  return { provider: resolveProvider(provider, config, env) };
}
