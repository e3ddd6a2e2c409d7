import type { Report } from '../base/report.ts';
import type { Config } from '../config/schema.ts';
import type { Engine } from './engine.ts';

/** Engines that there are. */
export type EngineKind = Config['engine']['kind'];

/** What an engine is opened with. */
export interface OpenEngineInput {
  readonly config: Pick<Config, 'engine'>;
  /** The user's runtime directory (`XDG_RUNTIME_DIR`) */
  readonly runtimeDir: string;
  readonly stateDir: string;
  /** What is kept on disk: the layers of an engine that ct started itself, volumes */
  readonly dataDir: string;
  /** Over the configuration: the word of `--engine` or `CT_ENGINE` */
  readonly kind?: EngineKind | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
}

/**
 * Opens the container engine of this host; makes one connection and asks it nothing yet.
 *
 * Errors: unavailable, permission_denied, deadline_exceeded, failed_precondition, unsupported: see
 * `podman/discover.ts`
 */
export async function openEngine(input: OpenEngineInput): Promise<Engine> {
  if ((input.kind ?? input.config.engine.kind) === 'containerd') {
    const { openContainerd } = await import('./containerd/open.ts');
    return openContainerd(input);
  }
  const { openPodman } = await import('./podman/open.ts');
  return openPodman(input);
}
