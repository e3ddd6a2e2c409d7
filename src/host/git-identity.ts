import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { writeFileAtomic } from './files.ts';

/** What the user's global git configuration says about him. */
export interface GitIdentity {
  readonly name?: string;
  readonly email?: string;
  /** File with his global ignore rules, resolved */
  readonly ignoreFile?: string;
}

/** Where it is looked for. */
export interface GitHost {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** For what was found, so that the usual run starts no git */
  readonly stateDir: string;
}

interface Kept {
  readonly stamp: string;
  readonly identity: GitIdentity;
}

/**
 * The user's name, address and global ignore file as git has them. Git is asked once and again when one
 * of its files changed; with includes in them, every time.
 *
 * Errors: none; without git or an identity it is empty
 */
export async function readGitIdentity(host: GitHost): Promise<GitIdentity> {
  const config = host.env['XDG_CONFIG_HOME'] ?? `${host.home}/.config`;
  const files = [`${host.home}/.gitconfig`, `${config}/git/config`].filter((path) =>
    existsSync(path),
  );
  const ignore = `${config}/git/ignore`;
  const stamp = files.map(stampOf).join(' ');
  const keptAt = `${host.stateDir}/git-identity.json`;
  const kept = readKept(keptAt);
  if (kept?.stamp === stamp) return withIgnoreFile(kept.identity, ignore);
  const asked = files.length === 0 ? {} : await askGit(host);
  if (!files.some(hasIncludes)) keep(keptAt, { stamp, identity: asked });
  return withIgnoreFile(asked, ignore);
}

function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${path}:${ino}:${size}:${mtimeMs}`;
}

function hasIncludes(path: string): boolean {
  return /^\s*\[\s*include/imu.test(readFileSync(path, 'utf8'));
}

async function askGit(host: GitHost): Promise<GitIdentity> {
  const { runProgram } = await import('./exec.ts');
  try {
    const { exitStatus, stdout } = await runProgram(
      {
        program: 'git',
        args: [...['config', '--global', '--includes', '-z', '--get-regexp'], KEYS],
        env: {
          HOME: host.home,
          PATH: host.env['PATH'],
          XDG_CONFIG_HOME: host.env['XDG_CONFIG_HOME'],
        },
        cwd: '/',
      },
      { deadlineMs: 2000 },
    );
    return exitStatus === 0 ? parseAnswer(stdout, host.home) : {};
  } catch {
    // No git here: then there is no identity either.
    return {};
  }
}

const KEYS = '^(user\\.(name|email)|core\\.excludesfile)$';

/** `key LF value NUL`, the last of a key wins. Source: git-config(1) -z */
function parseAnswer(text: string, home: string): GitIdentity {
  const found = new Map<string, string>();
  for (const entry of text.split('\0')) {
    const end = entry.indexOf('\n');
    if (end > 0) found.set(entry.slice(0, end).toLowerCase(), entry.slice(end + 1));
  }
  const [name, email] = [found.get('user.name'), found.get('user.email')];
  const ignore = found.get('core.excludesfile')?.replace(/^~\//u, `${home}/`);
  return {
    ...(isOneLine(name) && { name }),
    ...(isOneLine(email) && { email }),
    ...(ignore !== undefined && { ignoreFile: ignore }),
  };
}

function isOneLine(text: string | undefined): text is string {
  return text !== undefined && /^[^\p{Cc}]{1,256}$/u.test(text);
}

/** Git's own default when none is named; a file that isn't there, or isn't one, is none. */
function withIgnoreFile(identity: GitIdentity, usual: string): GitIdentity {
  const { ignoreFile = usual, ...rest } = identity;
  try {
    const resolved = realpathSync.native(ignoreFile);
    return statSync(resolved).isFile() ? { ...rest, ignoreFile: resolved } : rest;
  } catch {
    return rest;
  }
}

function readKept(path: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

function keep(path: string, kept: Kept): void {
  try {
    writeFileAtomic(path, JSON.stringify(kept));
  } catch {
    // A state directory that cannot be written costs a start of git next time.
  }
}
