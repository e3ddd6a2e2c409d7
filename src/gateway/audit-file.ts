import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { ensurePrivateDir } from '../host/files.ts';
import type { DeniedSummary, NetworkRecord } from '../network/record.ts';

/** The network log of one session on disk: lines of JSON, the user's alone. */
export interface AuditFile {
  write(record: NetworkRecord): void;
  close(): void;
}

/** A session's log ends here, `bytes`; the recorder's bound on lines makes that a day of noise. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Where a session's network log lies. */
export function auditPath(stateDir: string, session: string): string {
  return `${stateDir}/audit/${session}.network.jsonl`;
}

/** Opens it to append; made with its first line, so that a session without any leaves none. */
export function openAuditFile(stateDir: string, session: string): AuditFile {
  let fd: number | undefined;
  let size = 0;
  return {
    write: (record) => {
      if (fd === undefined) {
        ensurePrivateDir(`${stateDir}/audit`);
        fd = openSync(auditPath(stateDir, session), 'a', 0o600);
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

const MAX_SUMMARIES = 500;

/** What a session was denied, from its log: each destination and reason once, with how often. */
export function readDenied(stateDir: string, session: string): readonly DeniedSummary[] {
  const path = auditPath(stateDir, session);
  if (!existsSync(path)) return [];
  const found = new Map<string, { record: NetworkRecord; times: number }>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (!line.includes('"deny"')) continue;
    const record = JSON.parse(line) as NetworkRecord;
    const key = `${record.name ?? record.address ?? ''}:${record.port ?? ''}:${record.reason}`;
    const known = found.get(key);
    if (known !== undefined) known.times += 1;
    else if (found.size < MAX_SUMMARIES) found.set(key, { record, times: 1 });
  }
  return [...found.values()];
}
