import type { Handler } from './server.ts';

/** Something that the user's service does. It does not know of the others. */
export interface DaemonPart {
  /** Its name in `ct daemon status --json` */
  readonly name: string;
  /** Methods that clients may ask for */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Whether the service has a reason to stay */
  readonly isBusy: boolean;
  /** Plain facts for `ct daemon status --json` */
  status(): Readonly<Record<string, unknown>>;
  /** Begins; questions wait until every part has */
  open(): Promise<void>;
  /** Called every two seconds */
  look(): Promise<void>;
  /** Stops, without an end to any session; what it leaves can be taken up by the next service */
  close(): Promise<void>;
}
