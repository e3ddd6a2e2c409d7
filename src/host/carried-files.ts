import { lstatSync, readdirSync, realpathSync } from 'node:fs';

/** A file that may be carried over, or why it is not looked at. */
export interface FoundFile {
  /** Below the source */
  readonly path: string;
  readonly bytes: number;
  readonly refused?: string;
}

/** More is no configuration. */
const LIMITS = { files: 20_000, depth: 12, fileBytes: 64 * 1024 * 1024 } as const;

/**
 * The plain files at or below `path` of the directory `source`. The source itself may lie behind a link,
 * as people keep their settings in a repository; below it a link counts only if it ends in the same
 * first directory (`.claude`), where everything is the agent's. Others are named, and not followed.
 */
export function findCarried(source: string, path: string): readonly FoundFile[] {
  const top = realOf(`${source}/${path.split('/')[0] ?? ''}`);
  if (top === undefined) return [];
  const found: FoundFile[] = [];
  walk({ source, top, found }, path, 0);
  return found;
}

interface Walk {
  readonly source: string;
  /** Real path of the first directory */
  readonly top: string;
  readonly found: FoundFile[];
}

function walk(walked: Walk, path: string, depth: number): void {
  const { source, top, found } = walked;
  if (found.length >= LIMITS.files) return;
  const full = `${source}/${path}`;
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isSymbolicLink() && path.includes('/')) {
    const real = realOf(full);
    const isInside = real !== undefined && real.startsWith(`${top}/`);
    const target = isInside ? lstatSync(real) : undefined;
    if (target?.isFile() !== true) {
      found.push({ path, bytes: 0, refused: 'is a link out of the source, or to a directory' });
    } else found.push(fileOf(path, target.size));
  } else if (stat.isDirectory()) {
    if (depth >= LIMITS.depth) found.push({ path, bytes: 0, refused: 'lies too deep' });
    else for (const name of namesIn(full)) walk(walked, `${path}/${name}`, depth + 1);
  } else if (stat.isFile()) found.push(fileOf(path, stat.size));
  else if (stat.isSymbolicLink()) walkTop(walked, path);
  else found.push({ path, bytes: 0, refused: 'is no plain file' });
}

/** A file such as `~/.claude.json` that is a link itself: the user put it there. */
function walkTop({ top, found }: Walk, path: string): void {
  const stat = lstatSync(top);
  if (stat.isFile()) found.push(fileOf(path, stat.size));
  else found.push({ path, bytes: 0, refused: 'is no plain file' });
}

function fileOf(path: string, bytes: number): FoundFile {
  return bytes > LIMITS.fileBytes
    ? { path, bytes, refused: `is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB` }
    : { path, bytes };
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
