import type { Command } from '../../host/exec.ts';
import type { Mount } from '../../gen/types.ts';
import type { Account } from '../registry/account.ts';
import type { IdMap } from './idmap.ts';
import type { Io, IoWish } from './io.ts';
import type { Transport } from './transport.ts';

/** What every file of this folder works with. */
export interface Backend {
  readonly transport: Transport;
  readonly place: Place;
  /** Whose settings for registries hold */
  readonly account: Account;
  /** Streams that `init` opened and `attach` has not taken yet, by container */
  readonly opened: Map<string, Io>;
  /** What `init` needs to know of containers that this process has just made */
  readonly prepared: Map<string, Prepared>;
  readonly keeper: KeeperProgram;
  /** Removals under way of containers that ended by themselves; `close` waits for them */
  readonly reaping: Map<string, Promise<void>>;
}

/** A container that has no task yet. */
export interface Prepared extends IoWish {
  /** How its writable layer is mounted */
  readonly rootfs: readonly Mount[];
}

/** How the process is started that keeps the output of containers whom nobody follows. */
export interface KeeperProgram {
  readonly command: Command;
  readonly logPath: string;
}

/** A daemon that was found or started, and where things of ours are. */
export interface Place {
  /** Path of the socket on the host */
  readonly socket: string;
  /** Who runs it */
  readonly owner: 'ct' | 'user';
  readonly snapshotter: string;
  /** OCI runtime: a path; `undefined` for the daemon's own default */
  readonly runtime: string | undefined;
  /** FIFOs of containers; the path means the same to us and to the daemon */
  readonly ioDir: string;
  /** What the daemon keeps: layers, content, records; '' for one that the user runs */
  readonly dataDir: string;
  /** Volumes, as plain directories */
  readonly volumesDir: string;
  /** A process in the daemon's namespaces, for what only its root may do */
  readonly childPid: number;
  /** Ids of the user namespace in which the daemon runs */
  readonly ids: { readonly uids: IdMap; readonly gids: IdMap };
}
