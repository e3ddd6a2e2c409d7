import { PATHS } from '../base/layout.ts';
import { CtError } from '../base/errors.ts';
import { reveal, type Secret } from './secret.ts';

/**
 * How a secret reaches the program that needs it.
 *
 * `env`: a variable of the agent's own process, and of nobody else's; there is no file · `file`: the
 * bytes, in a file of its own · `git`: for https, through git's credential helper, bound to one host ·
 * `gh`: git, and GitHub's command-line program through its configuration directory
 */
export type Kind = 'env' | 'file' | 'git' | 'gh';

/** A file below the directory of secrets, in one or two parts of a path. */
export interface SecretFile {
  readonly path: readonly string[];
  /** Written as it is */
  readonly bytes: Buffer;
}

interface Consumer {
  /** Files in which it reads the value */
  files(secret: Secret): readonly SecretFile[];
  /** Variables without anything secret that show it the way */
  env(name: string): Readonly<Record<string, string>>;
}

/** Git hosts of tokens that have a fixed one, with the user name that the host wants beside a token. */
const GIT_HOSTS: Readonly<Record<string, { readonly host: string; readonly user: string }>> = {
  GH_TOKEN: { host: 'github.com', user: 'x-access-token' },
  GITHUB_TOKEN: { host: 'github.com', user: 'x-access-token' },
  GITLAB_TOKEN: { host: 'gitlab.com', user: 'oauth2' },
  CODEBERG_TOKEN: { host: 'codeberg.org', user: 'token' },
};

/** The one registry: what each kind needs written, and which variables point there. */
export const CONSUMERS: Readonly<Record<Kind, Consumer>> = {
  env: { files: () => [], env: () => ({}) },
  file: {
    files: (secret) => [{ path: [secret.name], bytes: reveal(secret) }],
    env: (name) => ({ [`${name}_FILE`]: `${PATHS.secretsDir}/${name}` }),
  },
  git: { files: (secret) => [gitFile(secret)], env: () => ({}) },
  gh: {
    files: (secret) => [gitFile(secret), ...ghFiles(secret)],
    env: () => ({ GH_CONFIG_DIR: `${PATHS.secretsDir}/gh` }),
  },
};

/**
 * The kind of a secret: what the agent reads itself is a variable; tokens of tools that can read a file
 * are one; any other is a variable.
 */
export function kindOf(name: string, isAgentsOwn: boolean): Kind {
  if (isAgentsOwn) return 'env';
  if (name === 'GH_TOKEN' || name === 'GITHUB_TOKEN') return 'gh';
  return Object.hasOwn(GIT_HOSTS, name) ? 'git' : 'env';
}

/** User name and token on a line each, as templates/git-credential.sh reads them. */
function gitFile(secret: Secret): SecretFile {
  const target = GIT_HOSTS[secret.name];
  if (target === undefined) throw new CtError('internal', `${secret.name} has no git host`);
  return {
    path: ['git', target.host],
    bytes: Buffer.from(`${target.user}\n${tokenOf(secret)}\n`),
  };
}

/** Source: cli/cli internal/config, the form that version 2.40 and later write */
function ghFiles(secret: Secret): readonly SecretFile[] {
  const token = JSON.stringify(tokenOf(secret));
  const lines = [
    ...[
      'github.com:',
      '    users:',
      '        x-access-token:',
      `            oauth_token: ${token}`,
    ],
    ...['    git_protocol: https', `    oauth_token: ${token}`, '    user: x-access-token', ''],
  ];
  return [
    { path: ['gh', 'hosts.yml'], bytes: Buffer.from(lines.join('\n')) },
    { path: ['gh', 'config.yml'], bytes: Buffer.from('version: "1"\n') },
  ];
}

/** Git's protocol and gh's file are made of lines, so a token with one in it would be a command. */
function tokenOf(secret: Secret): string {
  const text = reveal(secret).toString('latin1');
  if (/^[\u0021-\u007e]+$/u.test(text)) return text;
  throw new CtError('invalid_argument', `${secret.name}: a token is one word of plain letters`, {
    hint: `this value has other characters; set it again:  ct secrets set ${secret.name}`,
  });
}
