import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Report } from '../base/report.ts';
import type { Config } from '../config/schema.ts';
import { systemPath } from '../host/exec.ts';
import { chooseEngine, type EngineKind } from './choose.ts';
import type { Engine } from './engine.ts';

/** What an engine is opened with. */
export interface OpenEngineInput {
  readonly config: Pick<Config, 'engine'>;
  /** The user's runtime directory (`XDG_RUNTIME_DIR`) */
  readonly runtimeDir: string;
  readonly stateDir: string;
  /** What is kept on disk: the layers of an engine that ct started itself, volumes */
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  /** How ct itself is started, for what an engine needs to outlive this process: program and arguments */
  readonly self: readonly [string, ...string[]];
  /** Whether one may be started that does not run, `true` unless said; podman only */
  readonly mayStart?: boolean;
  /**
   * A line to the user's service, which passes calls on to the containerd at that socket; `undefined` when it
   * cannot. Never rejects
   */
  readonly relay?: (socket: string) => Promise<Socket | undefined>;
}

/**
 * Opens the container engine of this host, the one that `choose.ts` says.
 *
 * Errors: unavailable, permission_denied, deadline_exceeded, failed_precondition, unsupported: see
 * `podman/discover.ts` and `containerd/open.ts`
 */
export async function openEngine(input: OpenEngineInput): Promise<Engine> {
  if (engineOf(input) === 'containerd') {
    const { openContainerd } = await import('./containerd/open.ts');
    return openContainerd(input);
  }
  const { openPodman } = await import('./podman/open.ts');
  return openPodman(input);
}

/** The work of the process that keeps the output of sessions whom nobody follows, to its end. */
export async function keepOutputs(input: OpenEngineInput): Promise<void> {
  const { keepContainerd } = await import('./containerd/keep.ts');
  await keepContainerd(input);
}

/** The engine that would be opened. Errors: invalid_argument */
export function engineOf({ config, env }: Pick<OpenEngineInput, 'config' | 'env'>): EngineKind {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return chooseEngine({
    configured: config.engine.kind,
    word: env['CT_ENGINE'],
    namesPodman: config.engine.socket !== '' || isSet('CONTAINER_HOST'),
    namesContainerd: isSet('CONTAINERD_ADDRESS'),
    has: (program) =>
      systemPath(env['PATH'])
        .split(':')
        .some((dir) => existsSync(`${dir}/${program}`)),
  });
}
