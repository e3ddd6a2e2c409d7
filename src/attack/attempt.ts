/** Where an attempt is made. */
export type Stage =
  /** By the program of the session itself, as the agent would */
  | 'agent'
  /** By a program that `ct exec` starts beside it */
  | 'exec'
  /** Looked at by ct from outside, while or after the session runs */
  | 'outside'
  /** Needs a hostile image or several containers: in the suite only, `ct doctor --attack` lists it */
  | 'suite';

/**
 * One thing that a hostile agent tries, as data: what is done, and which words mean that it was held.
 *
 * The command and the suite read the same list (docs/adr/0011). Ids are those of the threat model;
 * they are stable: tests and docs/threat-model.md name them.
 */
export interface Attempt {
  readonly id: string;
  /** What is tried, as a phrase of 40 letters at most */
  readonly title: string;
  readonly group: Group;
  /** Known holes of this class */
  readonly cve?: readonly string[];
  readonly stage: Stage;
  /**
   * Program of `templates/attack` and its arguments, for `agent` and `exec`; the name of a look for
   * `outside`; the test file for `suite`. `{name}` is filled in with a {@link Vars | fact of the run}.
   */
  readonly run: readonly string[];
  /** What should be seen, in a word or two, for people */
  readonly expect: string;
  /** Words that mean: held. Every word that is seen has to be one of them */
  readonly held: readonly string[];
  /** Seccomp profiles that permit it on purpose */
  readonly permittedBy?: readonly string[];
  /** Network modes in which it is tried; all, if not given */
  readonly networks?: readonly string[];
  /** Processor that it is written for, as Node names it; any, if not given */
  readonly arch?: 'x64';
  /** Tried only in sessions that have this limit */
  readonly limit?: 'pids' | 'nofile' | 'core';
  /** Goes on while ct acts outside */
  readonly background?: true;
  /** Lays a trap for others of the list: told only when it could not be laid */
  readonly trap?: true;
}

/** Classes of attempts, in the order of the report. */
export const GROUPS = {
  kernel: 'the kernel by system calls that agents do not need',
  namespaces: 'new namespaces and mounts',
  privilege: 'more rights than given',
  files: 'files of the kernel, the image and the host',
  runtime: 'the engine and its runtime',
  reach: 'networks and sockets',
  secrets: 'secrets and other processes',
  project: 'the project directory, for the host to trip over',
  limits: 'resources',
} as const;

/** One of {@link GROUPS}. */
export type Group = keyof typeof GROUPS;

/** Facts of one run that arguments name as `{name}`. */
export type Vars = Readonly<Record<string, string | readonly string[]>>;

/** What the session is planned to be, as far as expectations depend on it. */
export interface Target {
  readonly preset: string;
  readonly network: string;
  /** Name of the seccomp profile; a user's own profile has its path */
  readonly seccomp: string;
  /** Processor, as Node names it */
  readonly arch: string;
  /** Limits that the session has on this host, by name, with their value */
  readonly enforced: Readonly<Record<string, number>>;
  /** Mounts that are planned to be writable, by their place inside */
  readonly writable: readonly string[];
  /** ct's own file in a project */
  readonly projectFile: string;
}

/** How an attempt ended. `unknown`: it could not be judged, which counts as a failure. */
export type Verdict = 'held' | 'through' | 'unknown';

/** An attempt with what was seen. */
export interface AttemptResult {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly cve: readonly string[];
  readonly stage: Stage;
  readonly expected: string;
  readonly seen: string;
  readonly verdict: Verdict;
}

/** All of it, as `ct doctor --attack --json` prints it. */
export interface AttackReport {
  readonly schema: 1;
  readonly target: Target;
  readonly attempts: readonly AttemptResult[];
  /** Attempts of the list that were not made here, with the reason */
  readonly left: readonly { readonly id: string; readonly title: string; readonly why: string }[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Milliseconds that all of it took */
  readonly tookMs: number;
}

/** Refusals by the kernel or a filter. */
export const REFUSED: readonly string[] = ['EPERM', 'EACCES', 'ENOSYS'];

/** Refusals of a whole address family or protocol. */
export const NO_SOCKET: readonly string[] = [
  ...REFUSED,
  'EAFNOSUPPORT',
  'EPROTONOSUPPORT',
  'ESOCKTNOSUPPORT',
];

/** Nobody there, or no way there. */
export const UNREACHABLE: readonly string[] = [
  ...['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ECONNRESET', 'ETIMEDOUT', 'EADDRNOTAVAIL'],
  ...['EAFNOSUPPORT', 'EACCES', 'EPERM', 'silence', 'closed'],
];
