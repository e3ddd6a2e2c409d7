import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { readGitIdentity } from '../host/git-identity.ts';
import { passThrough } from '../sandbox/pass-through.ts';
import type { UserFacts } from '../plan/facts.ts';
import type { SessionContext } from './context.ts';

/**
 * What of the user's own surroundings a session sees: the same for a run, an exec and an attach. Asked
 * for and withheld names are told with `-v`.
 */
export async function userFacts(context: SessionContext, projectDir: string): Promise<UserFacts> {
  const { env, config, paths, report } = context;
  const { env: passed, withheld } = passThrough(env, config.environment);
  if (withheld.length > 0) {
    report.verbose(
      `not passed on, since they look like credentials: ${withheld.join(', ')} ('ct secrets grant' gives one to an agent)`,
    );
  }
  if (!config.environment.git_identity) return { env: passed, ignoreFile: undefined };
  const git = await readGitIdentity({ env, home: env['HOME'] ?? '/', stateDir: paths.stateDir });
  const { name, email } = hasOwnIdentity(projectDir) ? {} : git;
  return {
    env: {
      ...(name !== undefined && { GIT_AUTHOR_NAME: name, GIT_COMMITTER_NAME: name }),
      ...(email !== undefined && { GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_EMAIL: email }),
      ...passed,
    },
    ignoreFile: git.ignoreFile,
  };
}

/** Larger is not a configuration that git wrote, `bytes` */
const MAX_CONFIG_BYTES = 256 * 1024;

/** Variables would win over `[user]` in the project's own configuration. It is only searched, never run. */
function hasOwnIdentity(projectDir: string): boolean {
  let fd: number;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    fd = openSync(`${projectDir}/.git/config`, flags);
  } catch {
    return false;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > MAX_CONFIG_BYTES) return false;
    return /^\s*\[\s*user\s*\]/imu.test(readFileSync(fd, 'utf8'));
  } finally {
    closeSync(fd);
  }
}
