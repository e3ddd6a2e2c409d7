import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { runProgram, type Command } from '../../host/exec.ts';
import { versionOf } from '../machine.ts';
import type { Missing } from '../result.ts';
import type { OtherPeer } from '../scenario.ts';
import { bundleConfig, bwrapArguments } from './bare.ts';
import { dockerRun } from './container-flags.ts';

/** How long a try may take, `ms` */
const TRY_MS = 20_000;

/** What was looked for beside Podman. */
export interface Found {
  readonly others: readonly OtherPeer[];
  readonly missing: readonly Missing[];
  /** Versions by name */
  readonly programs: Readonly<Record<string, string>>;
}

/** Where peers are looked for. */
export interface Place {
  readonly env: NodeJS.ProcessEnv;
  /** A directory for what a peer needs, such as a bundle */
  readonly dir: string;
  /** Image of sessions: docker and nerdctl have to have it, nothing is fetched */
  readonly image: string;
}

/**
 * Peers that are installed and work here; of the others, why not. Each is tried out once, since a program
 * that is installed may still not run (crun on a host with control groups v1, docker without its daemon).
 */
export async function findPeers(place: Place): Promise<Found> {
  const bundle = writeBundle(place.dir);
  const candidates: readonly Candidate[] = [
    { program: 'crun', peer: runtimePeer('crun', bundle) },
    { program: 'runc', peer: runtimePeer('runc', bundle) },
    { program: 'bwrap', peer: BWRAP },
    { program: 'docker', needsImage: true, peer: imagePeer('docker') },
    { program: 'nerdctl', needsImage: true, peer: imagePeer('nerdctl') },
  ];
  const tried = await Promise.all(candidates.map((candidate) => tryOut(candidate, place)));
  return {
    others: tried.flatMap(({ other }) => other ?? []),
    missing: tried.flatMap(({ missing }) => missing ?? []),
    programs: Object.fromEntries(tried.flatMap(({ version }) => (version ? [version] : []))),
  };
}

interface Candidate {
  readonly program: string;
  readonly needsImage?: true;
  readonly peer: OtherPeer;
}

interface Tried {
  readonly other?: OtherPeer;
  readonly missing?: Missing;
  readonly version?: readonly [string, string];
}

async function tryOut(
  { program, needsImage, peer }: Candidate,
  { env, image }: Place,
): Promise<Tried> {
  const text = await versionOf(program, env);
  const what = peer.name;
  if (text === undefined) return { missing: { what, why: `${program} is not installed` } };
  const version = [program, text] as const;
  const args = needsImage ? ['image', 'inspect', image] : undefined;
  const command = args === undefined ? bareCommand(peer, env) : { program, args, env };
  const { exitStatus, stderr } = await runProgram(command, { deadlineMs: TRY_MS });
  if (exitStatus === 0) return { other: peer, version };
  const why = stderr.trim().split('\n').at(-1) ?? '';
  return { version, missing: { what, why: why === '' ? `it ended with ${exitStatus}` : why } };
}

/** Peers without an image need no plan either. */
function bareCommand(peer: OtherPeer, env: NodeJS.ProcessEnv): Command {
  return { ...peer.command(['/bin/sh', '-c', 'echo ready']), env };
}

function runtimePeer(program: string, bundle: string): OtherPeer {
  const id = `ct-bench-${process.pid}`;
  return {
    name: `${program} run`,
    command: () => ({ program, args: ['run', '--bundle', bundle, id], cwd: bundle }),
  };
}

const BWRAP: OtherPeer = {
  name: 'bwrap',
  command: (words) => ({ program: 'bwrap', args: bwrapArguments(words, existsSync) }),
};

function imagePeer(program: 'docker' | 'nerdctl'): OtherPeer {
  return {
    name: `${program} run`,
    command: (words, plan) => {
      if (plan === undefined) throw new CtError('internal', `${program} is told of no image`);
      return { program, args: dockerRun(plan, words) };
    },
  };
}

function writeBundle(dir: string): string {
  const bundle = `${dir}/bundle`;
  mkdirSync(`${bundle}/rootfs`, { recursive: true, mode: 0o700 });
  const facts = {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    has: existsSync,
  };
  const config = bundleConfig(['/bin/sh', '-c', 'echo ready'], facts);
  writeFileSync(`${bundle}/config.json`, JSON.stringify(config), { mode: 0o600 });
  return bundle;
}
