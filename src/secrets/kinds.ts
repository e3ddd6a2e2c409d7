import { PATHS } from '../base/layout.ts';

/**
 * How a secret reaches the program that needs it.
 *
 * `env`: a variable of the agent's own process, and of nobody else's; there is no file · `file`: the
 * bytes, in a file of its own · `git`: for https, through git's credential helper, bound to one host ·
 * `gh`: git, and GitHub's command-line program through its configuration directory
 */
export type Kind = 'env' | 'file' | 'git' | 'gh';

/** Git hosts of tokens that have a fixed one, with the user name that the host wants beside a token. */
export const GIT_HOSTS: Readonly<Record<string, { readonly host: string; readonly user: string }>> =
  {
    GH_TOKEN: { host: 'github.com', user: 'x-access-token' },
    GITHUB_TOKEN: { host: 'github.com', user: 'x-access-token' },
    GITLAB_TOKEN: { host: 'gitlab.com', user: 'oauth2' },
    CODEBERG_TOKEN: { host: 'codeberg.org', user: 'token' },
  };

/** Variables, without anything secret, that show the programs of each kind the way. */
export const ENVIRONMENT: Readonly<
  Record<Kind, (name: string) => Readonly<Record<string, string>>>
> = {
  env: () => ({}),
  file: (name) => ({ [`${name}_FILE`]: `${PATHS.secretsDir}/${name}` }),
  git: () => ({}),
  gh: () => ({ GH_CONFIG_DIR: `${PATHS.secretsDir}/gh` }),
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
