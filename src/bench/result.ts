import type { Phase } from '../base/spans.ts';
import type { Distribution, Ratio } from './stats.ts';

/** What is measured of a case: when its first byte came, when its command ended, when all of it was gone. */
export type FigureName = 'first byte' | 'total' | 'gone';

/** A peer's figures, and `ct`'s as a multiple of them. */
export interface PeerFigure extends Distribution {
  readonly name: string;
  /** `ct` divided by this peer: less than 1 is faster */
  readonly ratio: Ratio;
}

/** One figure of a scenario, `ms`. */
export interface Figure {
  readonly name: FigureName;
  readonly ct: Distribution;
  readonly peers: readonly PeerFigure[];
}

/** A phase over the rounds of a scenario, `ms`. */
export interface PhaseFigure {
  readonly phase: Phase;
  /** Median of when it began, from the start of the process */
  readonly startMs: number;
  readonly p50: number;
  readonly p95: number;
}

/** What came of a scenario. */
export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  readonly rounds: number;
  readonly figures: readonly Figure[];
  /** Of runs of their own, with `--timing`; empty where no session starts */
  readonly phases: readonly PhaseFigure[];
}

/** Something that was not measured, and why. */
export interface Missing {
  readonly what: string;
  readonly why: string;
  /** It was begun and failed: a fault of somebody, not of the host */
  readonly failed?: true;
}

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly system: string;
  readonly node: string;
  /** Name and version of what takes part, by name */
  readonly programs: Readonly<Record<string, string>>;
  /** The engine's OCI runtime */
  readonly runtime: string;
}

/** Everything that one `ct bench` found. Source: written to `bench/results/` by `--save` */
export interface BenchReport {
  readonly schema: 1;
  readonly ct: string;
  /** When it began, ISO 8601 in UTC */
  readonly begun: string;
  readonly tookSeconds: number;
  readonly machine: Machine;
  /** Load averages of one, five and fifteen minutes. Source: proc_loadavg(5) */
  readonly load: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly scenarios: readonly ScenarioResult[];
  readonly missing: readonly Missing[];
}

/** The figure of a scenario that is found first where several are asked for. */
export function figureOf(result: ScenarioResult, name: FigureName): Figure | undefined {
  return result.figures.find((figure) => figure.name === name);
}

/** Processors that something else used when it began: figures of a busy machine are worth less. */
export function isBusy({ load, machine }: Pick<BenchReport, 'load' | 'machine'>): boolean {
  return (load.before[0] ?? 0) > machine.processors / 2;
}
