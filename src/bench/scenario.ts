import type { Report } from '../base/report.ts';
import type { Span } from '../base/spans.ts';
import type { EngineKind } from '../engine/choose.ts';
import type { Engine } from '../engine/engine.ts';
import type { Command } from '../host/exec.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { PeerCommand } from './peers/podman.ts';
import type { FigureName, Missing } from './result.ts';

/** Figures of one case in one round, `ms`, and the phases where they were asked for. */
export interface Sample {
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  readonly spans?: readonly Span[];
}

/** One side of a comparison. */
export interface Case {
  readonly name: string;
  /** `phases`: a run of `ct` of which only the phases count, since it also says where its time went */
  readonly role: 'ct' | 'peer' | 'phases';
  measure(): Promise<Sample>;
}

/** A scenario that is ready to be measured. */
export interface Opened {
  readonly cases: readonly Case[];
  /** Peers that cannot take part, and why */
  readonly missing: readonly Missing[];
  /** Rounds before those that count; two unless a round is long */
  readonly warmUpRounds?: number;
  /** Before each measurement: until the last one has left nothing */
  settle?(): Promise<void>;
  /** Gives back what `open` took */
  close?(): Promise<void>;
}

/** Something to measure. */
export interface Scenario {
  readonly id: string;
  /** Scenarios that one word on the command line stands for */
  readonly family: Family;
  readonly title: string;
  /** Rounds of the asked ones that it takes: fewer where one round is long */
  rounds(asked: number): number;
  /** Errors: those of `ct run`, or whatever says why it cannot be measured here */
  open(bench: Bench): Promise<Opened>;
}

/** Words for scenarios, and what they are. */
export const FAMILIES = {
  version: 'ct --version, beside an empty program of Node',
  'dry-run': 'a plan and no session',
  cold: 'a new session from the command line to its end, in each network mode, engine and OCI runtime',
  standby: 'a run that claims a session which the service keeps ready',
  exec: 'one more program in a session that runs',
  execs: 'four and sixteen of them at once',
  import: 'an image archive into containerd',
  sessions: 'ten and fifty sessions that are begun at once and live at once',
} as const;

/** A word for scenarios. */
export type Family = keyof typeof FAMILIES;

/** The engine that `podman` on the command line is. */
export interface PodmanPeer {
  readonly program: string;
  /** Path of the OCI runtime that ct's engine uses, for both sides to have the same */
  readonly runtime: string;
  readonly version: string;
}

/** What scenarios are measured with. */
export interface Bench {
  /** Node and the program of `ct` */
  readonly self: readonly [program: string, ct: string];
  readonly env: NodeJS.ProcessEnv;
  /** Empty project directories, one for each side: containers leave mount points in them */
  readonly projects: { readonly ct: string; readonly peers: string };
  /** The user's runtime directory, for sockets: a project may hold none */
  readonly runtimeDir: string;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Engines that this host has and ct can use */
  readonly engines: readonly EngineKind[];
  engine(kind: EngineKind): Promise<Engine>;
  readonly podman: PodmanPeer | undefined;
  /** Peers that start something smaller or similar beside a cold session, ready to be timed */
  readonly others: readonly OtherPeer[];
  readonly missing: readonly Missing[];
}

/** A peer of cold sessions other than Podman. */
export interface OtherPeer {
  readonly name: string;
  /** `command` is what runs inside and says its first byte */
  command(words: readonly string[], plan?: SessionPlan): PeerCommand;
}

/** `ct` with these words, as a shell starts it, in the project of its side. */
export function ctCommand(
  { self, env, projects }: Bench,
  words: readonly string[],
  further: NodeJS.ProcessEnv = {},
): Command {
  const [, program] = self;
  return { program, args: words, env: { ...env, ...further }, cwd: projects.ct };
}
