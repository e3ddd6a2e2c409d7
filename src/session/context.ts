import type { Report } from '../base/report.ts';
import { NO_SPANS, type Spans } from '../base/spans.ts';
import type { Config } from '../config/schema.ts';
import type { Closing, Engine } from '../engine/engine.ts';
import { installationId } from '../host/identity.ts';
import { ownProgram } from '../host/own-program.ts';
import { resolvePaths, type Paths } from '../host/paths.ts';
import { currentOwner } from '../host/process.ts';
import type { Owner } from '../base/owner.ts';

/** What every session command works with. */
export interface SessionContext {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  /** What a run is at, for whoever wants to know where time goes */
  readonly spans: Spans;
  readonly paths: Paths;
  readonly owner: Owner;
  readonly ctVersion: string;
  /** The id of this installation; made on first use */
  instance(): string;
  /** The engine, opened on first use and then kept */
  engine(): Promise<Engine>;
  /** See `Engine.close` */
  close(options?: Closing): Promise<void>;
}

/** The context of one command. Nothing is read or opened before it is asked for. */
export function openContext(input: {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly spans?: Spans;
  readonly ctVersion: string;
  /** See `OpenEngineInput` */
  readonly mayStartEngine?: boolean;
}): SessionContext {
  const paths = resolvePaths(input.env, process.getuid?.() ?? 0);
  let engine: Promise<Engine> | undefined;
  let instance: string | undefined;
  return {
    spans: NO_SPANS,
    ...input,
    paths,
    owner: currentOwner(),
    instance: () => (instance ??= installationId(paths.stateDir)),
    engine: () =>
      (engine ??= import('../engine/open.ts').then(({ openEngine }) =>
        openEngine({
          config: input.config,
          env: input.env,
          report: input.report,
          runtimeDir: paths.runtimeDir,
          stateDir: paths.stateDir,
          dataDir: paths.dataDir,
          self: ownProgram(),
          mayStart: input.mayStartEngine ?? true,
          relay: async (socket) =>
            (await import('./relay-line.ts')).relayLine(socket, paths.runtimeDir, input.report),
        }),
      )),
    close: async (options) => {
      const opened = await engine?.catch(() => undefined);
      await opened?.close(options);
    },
  };
}
