import type { Agent } from '../agents/agent.ts';
import { PATHS } from '../base/layout.ts';
import { caEnvironment, type Authorities } from './certificates.ts';

/** What `planEnvironment` needs to know. */
export interface EnvironmentWish {
  readonly agent: Agent;
  readonly binDir: string | undefined;
  /** Directory with the programs of packages.toml */
  readonly programsDir?: string | undefined;
  readonly terminal: boolean;
  readonly authorities: Authorities;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** What the user passes on; it wins over the agent's own, not over what makes the session work */
  readonly userEnv: Readonly<Record<string, string>>;
  /** Variables that tell the program its budget */
  readonly budget?: Readonly<Record<string, string>>;
}

/** Host variables that describe the terminal and the time zone: never a secret. */
export const PASSED_VARIABLES = [
  ...['COLORTERM', 'FORCE_COLOR', 'NO_COLOR', 'TERM', 'TERM_PROGRAM', 'TZ'],
] as const;

/**
 * The whole environment of a session. It is written to the engine's database and shown by
 * `--dry-run`, so nothing secret may come this way.
 */
export function planEnvironment(wish: EnvironmentWish): Readonly<Record<string, string>> {
  const path = ['/usr/local/bin', '/usr/bin', '/bin'];
  const env: Record<string, string> = {
    ...wish.agent.env,
    ...wish.userEnv,
    HOME: PATHS.home,
    USER: PATHS.user,
    LOGNAME: PATHS.user,
    SHELL: '/bin/bash',
    // Podman sets it when nobody else does.
    HOSTNAME: PATHS.hostname,
    PATH: [
      ...(wish.binDir === undefined ? [] : [wish.binDir]),
      `${PATHS.home}/.local/bin`,
      ...(wish.programsDir === undefined ? [] : [wish.programsDir]),
      ...path,
    ].join(':'),
    // The one locale that the image has: another name would make every program complain.
    LANG: 'C.UTF-8',
    CT_AGENT: wish.agent.name,
    ...caEnvironment(wish.authorities),
    ...wish.budget,
  };
  for (const name of PASSED_VARIABLES) {
    const value = wish.hostEnv[name];
    if (value !== undefined && value !== '' && isPlain(value)) env[name] = value;
  }
  if (!wish.terminal) delete env['TERM'];
  else env['TERM'] ??= 'xterm-256color';
  return env;
}

/** Values of these variables are short words; anything else is somebody's trick. */
function isPlain(value: string): boolean {
  return /^[\w.+:/@-]{1,64}$/u.test(value);
}
