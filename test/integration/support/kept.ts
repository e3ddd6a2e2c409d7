import { ct, eventually, type Done, type Run } from './ct.ts';
import type { SecretConfig } from './secret-config.ts';

/** A session that the service keeps for runs to come. */
interface KeptSession {
  readonly session: string;
  readonly project: string;
}

interface Status {
  readonly pid: number;
  readonly parts: Readonly<
    Record<Kind, { readonly ready: readonly KeptSession[]; readonly preparing: number }>
  >;
}

type Kind = 'standbys' | 'warm';

/** How ct says at -vv that one serves a run. */
const SERVES: Readonly<Record<Kind, RegExp>> = {
  standbys: /standby ([0-9a-f]{8}) serves this run/u,
  warm: /warm session ([0-9a-f]{8}) serves this run/u,
};

/** What the service says of itself; `undefined` when there is none. */
export async function status(): Promise<Status | undefined> {
  const done = await ct(['daemon', 'status', '--json']);
  return done.status === 0 ? (JSON.parse(done.stdout.toString()) as Status) : undefined;
}

/** Kills the service; nothing of it can tidy up. */
export async function killService(): Promise<void> {
  process.kill((await status())?.pid ?? 0, 'SIGKILL');
}

/** A script as the agent of a run. */
export const shell = (script: string, run: Run, ...options: readonly string[]): Promise<Done> =>
  ct(['run', '-vv', ...options, 'shell', '-c', script], run);

/** The sessions of one kind that the service keeps. */
export class Kept {
  readonly #kind: Kind;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  async ready(): Promise<readonly KeptSession[]> {
    return (await status())?.parts[this.#kind].ready ?? [];
  }

  /** The one of this project, when it is there */
  async untilReady({ cwd }: Pick<SecretConfig, 'cwd'>): Promise<string> {
    let found: KeptSession | undefined;
    await eventually('the service keeps a session ready', async () => {
      found = (await this.ready()).find(({ project }) => project === cwd);
      return found !== undefined;
    });
    return found?.session ?? '';
  }

  /** The one that a run in this project has had made: for runs like `shell('…', run)` */
  async prepared(config: SecretConfig): Promise<string> {
    await shell('true', config.run);
    return this.untilReady(config);
  }

  /** Until the service has none, and makes none either: one that comes late would be in the way of the next */
  async none(): Promise<void> {
    await eventually('the service keeps none and prepares none', async () => {
      const { ready = [], preparing = 0 } = (await status())?.parts[this.#kind] ?? {};
      return ready.length + preparing === 0;
    });
  }

  /** Ends all, also those that are on their way */
  async endAll(): Promise<void> {
    await ct(['stop', '--all', '--timeout', '0s']);
    await this.none();
  }

  /** Which of them served a run */
  servedBy({ stderr }: Done): string | undefined {
    return SERVES[this.#kind].exec(stderr)?.[1];
  }
}
