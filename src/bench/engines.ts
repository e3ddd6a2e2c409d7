import { CtError } from '../base/errors.ts';
import type { EngineKind } from '../engine/choose.ts';
import type { Engine } from '../engine/engine.ts';
import { engineOf, openEngine } from '../engine/open.ts';
import { findProgram } from '../host/find-program.ts';
import { ownProgram } from '../host/own-program.ts';
import type { SessionContext } from '../session/context.ts';

/** Engines of this host, each opened when it is first asked for. */
export class Engines {
  readonly #opened = new Map<EngineKind, Promise<Engine>>();
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** The one that ct takes first. */
  kinds(): readonly EngineKind[] {
    const own = engineOf(this.#context);
    const has = (program: string): boolean => findProgram(program, this.#context.env) !== undefined;
    const others = (['podman', 'containerd'] as const).filter(
      (kind) => kind !== own && has(kind) && (kind === 'podman' || has('rootlesskit')),
    );
    return [own, ...others];
  }

  /** Errors: failed_precondition for one that is not installed, and those of `openEngine` */
  async open(kind: EngineKind): Promise<Engine> {
    const { config, env, report, paths } = this.#context;
    if (!this.kinds().includes(kind)) {
      throw new CtError('failed_precondition', `${kind} is not installed`);
    }
    const open = (): Promise<Engine> =>
      openEngine({
        config,
        env: { ...env, CT_ENGINE: kind },
        report,
        self: ownProgram(),
        ...paths,
      });
    const engine = this.#opened.get(kind) ?? open();
    this.#opened.set(kind, engine);
    return engine;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.all(opened.map(async (one) => one.status === 'fulfilled' && one.value.close()));
  }
}
