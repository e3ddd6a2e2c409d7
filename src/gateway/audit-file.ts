import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensurePrivateDir } from '../host/files.ts';
import type { NetworkRecord } from '../network/record.ts';
import { networkLogPath } from './control/place.ts';

/** The network log of one session on disk: lines of JSON, the user's alone. */
export interface AuditFile {
  write(record: NetworkRecord): void;
  close(): void;
}

/** A session's log ends here, `bytes`; the recorder's bound on lines makes that a day of noise. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Opens it to append; made with its first line, so that a session without any leaves none. */
export function openAuditFile(stateDir: string, session: string): AuditFile {
  const path = networkLogPath(stateDir, session);
  let fd: number | undefined;
  let size = 0;
  return {
    write: (record) => {
      if (fd === undefined) {
        ensurePrivateDir(dirname(path));
        fd = openSync(path, 'a', 0o600);
      }
      if (size > MAX_BYTES) return;
      size += writeSync(fd, `${JSON.stringify(record)}\n`);
    },
    close: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}
