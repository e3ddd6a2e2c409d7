import { mkdirSync } from 'node:fs';
import { withoutAuthorities } from '../base/extra-authorities.ts';
import { engineOf } from '../engine/open.ts';
import { systemPath } from '../host/exec.ts';
import { ownProgram } from '../host/own-program.ts';
import type { SessionContext } from '../session/context.ts';
import { planOf } from './cases.ts';
import type { Engines } from './engines.ts';
import { machineFacts, versionOf } from './machine.ts';
import { findPeers } from './peers/find.ts';
import type { Machine } from './result.ts';
import type { Bench, PodmanPeer } from './scenario.ts';

/** Who takes part, and what is told of the machine. */
export interface Prepared {
  readonly bench: Bench;
  readonly machine: Machine;
}

/** Finds who takes part; `dir` is for project directories and what peers need. */
export async function prepareBench(
  dir: string,
  engines: Engines,
  context: SessionContext,
  signal: AbortSignal,
): Promise<Prepared> {
  const alone = await benchAlone(dir, engines, context, signal);
  const { env } = alone;
  const { container } = await planOf(['-n', 'offline', 'shell'], alone, {});
  const peers = await findPeers({ env, dir, image: container.sandbox.image });
  const info = await (await engines.open(engineOf(context))).info();
  const podman = await podmanPeer(engines, env);
  return {
    bench: { ...alone, podman, others: peers.others, missing: peers.missing },
    machine: {
      ...machineFacts(),
      programs: { ...(podman && { podman: podman.version }), ...peers.programs },
      runtime: `${info.product} ${info.version}, ${runtimeText(info.ociRuntime)}`,
    },
  };
}

async function benchAlone(
  dir: string,
  engines: Engines,
  { env, report, paths }: SessionContext,
  signal: AbortSignal,
): Promise<Bench> {
  const projects = { ct: `${dir}/ct`, peers: `${dir}/peers` };
  for (const project of Object.values(projects)) mkdirSync(project);
  return {
    self: ownProgram(),
    // Cold is cold: a session that is kept ready has a scenario of its own.
    env: { ...withoutAuthorities(env), PATH: systemPath(env['PATH']), CT_STANDBY: '0' },
    ...{ projects, signal, report, runtimeDir: paths.runtimeDir },
    engines: engines.kinds(),
    engine: (kind) => engines.open(kind),
    ...{ podman: undefined, others: [], missing: [] },
  };
}

/** With the OCI runtime that the engine itself takes: on some hosts Podman's own default does not run. */
async function podmanPeer(
  engines: Engines,
  env: NodeJS.ProcessEnv,
): Promise<PodmanPeer | undefined> {
  const version = await versionOf('podman', env);
  if (version === undefined) return undefined;
  const { ociRuntime } = await (await engines.open('podman')).info();
  return { program: 'podman', runtime: ociRuntime.path, version };
}

/** Some say their name with the version, some do not. */
function runtimeText({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}): string {
  return version.startsWith(name) ? version.replace(' version ', ' ') : `${name} ${version}`;
}
