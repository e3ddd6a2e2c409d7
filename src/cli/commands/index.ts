import type { CtCommandClass } from '../command.ts';

/** One command: its words, and how its code is loaded. */
export interface CommandEntry {
  readonly path: readonly string[];
  readonly load: () => Promise<{ readonly default: CtCommandClass }>;
}

/** The only list of commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { path: ['run'], load: () => import('./run.ts') },
  { path: ['cc'], load: () => import('./cc.ts') },
  { path: ['shell'], load: () => import('./shell.ts') },
  { path: ['ps'], load: () => import('./ps.ts') },
  { path: ['attach'], load: () => import('./attach.ts') },
  { path: ['exec'], load: () => import('./exec.ts') },
  { path: ['review'], load: () => import('./review.ts') },
  { path: ['stop'], load: () => import('./stop.ts') },
  { path: ['agents', 'install'], load: () => import('./agents/install.ts') },
  { path: ['agents', 'update'], load: () => import('./agents/update.ts') },
  { path: ['agents', 'remove'], load: () => import('./agents/remove.ts') },
  { path: ['agents', 'pin'], load: () => import('./agents/pin.ts') },
  { path: ['agents', 'import'], load: () => import('./agents/import.ts') },
  { path: ['agents'], load: () => import('./agents/list.ts') },
  { path: ['internal', 'daemon'], load: () => import('./internal/daemon.ts') },
  { path: ['internal', 'keep'], load: () => import('./internal/keep.ts') },
  { path: ['internal', 'serve'], load: () => import('./internal/serve.ts') },
  { path: ['network', 'allow'], load: () => import('./network/allow.ts') },
  { path: ['network', 'block'], load: () => import('./network/block.ts') },
  { path: ['network', 'remove'], load: () => import('./network/remove.ts') },
  { path: ['network', 'clear'], load: () => import('./network/clear.ts') },
  { path: ['network', 'list'], load: () => import('./network/list.ts') },
  { path: ['network', 'status'], load: () => import('./network/status.ts') },
  { path: ['network', 'log'], load: () => import('./network/log.ts') },
  { path: ['network', 'learn'], load: () => import('./network/learn.ts') },
  { path: ['bench'], load: () => import('./bench.ts') },
  { path: ['doctor'], load: () => import('./sys/doctor.ts') },
  { path: ['secrets', 'set'], load: () => import('./secrets/set.ts') },
  { path: ['secrets', 'unset'], load: () => import('./secrets/unset.ts') },
  { path: ['secrets', 'list'], load: () => import('./secrets/list.ts') },
  { path: ['secrets', 'show-sources'], load: () => import('./secrets/show-sources.ts') },
  { path: ['secrets', 'grant'], load: () => import('./secrets/grant.ts') },
  { path: ['secrets', 'revoke'], load: () => import('./secrets/revoke.ts') },
  { path: ['secrets', 'rotate'], load: () => import('./secrets/rotate.ts') },
  { path: ['secrets', 'trust'], load: () => import('./secrets/trust.ts') },
  { path: ['daemon', 'start'], load: () => import('./daemon/start.ts') },
  { path: ['daemon', 'stop'], load: () => import('./daemon/stop.ts') },
  { path: ['daemon', 'restart'], load: () => import('./daemon/restart.ts') },
  { path: ['daemon', 'status'], load: () => import('./daemon/status.ts') },
  { path: ['daemon', 'attach'], load: () => import('./daemon/attach.ts') },
  { path: ['daemon', 'logs'], load: () => import('./daemon/logs.ts') },
  { path: ['daemon', 'install'], load: () => import('./daemon/install.ts') },
  { path: ['daemon', 'uninstall'], load: () => import('./daemon/uninstall.ts') },
  { path: ['tour'], load: () => import('./tour.ts') },
  { path: ['completion'], load: () => import('./completion.ts') },
  { path: ['sys', 'init'], load: () => import('./sys/init.ts') },
  { path: ['sys', 'packages'], load: () => import('./sys/packages.ts') },
  { path: ['sys', 'update'], load: () => import('./sys/update.ts') },
  { path: ['sys', 'rebuild'], load: () => import('./sys/rebuild.ts') },
  { path: ['sys', 'gc'], load: () => import('./sys/gc.ts') },
  { path: ['sys', 'reset'], load: () => import('./sys/reset.ts') },
  { path: ['sys', 'agents-md'], load: () => import('./sys/agents-md.ts') },
  { path: ['sys', 'doctor'], load: () => import('./sys/doctor.ts') },
  { path: ['sys', 'seccomp', 'list'], load: () => import('./sys/seccomp/list.ts') },
  { path: ['sys', 'seccomp', 'show'], load: () => import('./sys/seccomp/show.ts') },
  { path: ['sys', 'seccomp', 'diff'], load: () => import('./sys/seccomp/diff.ts') },
];

/** The command that `argv` begins with. */
export function findCommand(argv: readonly string[]): CommandEntry | undefined {
  return COMMANDS.find(({ path }) => path.every((word, index) => argv[index] === word));
}

/** Commands whose path begins with the words of `prefix`; ct's own processes are nothing to type. */
export function commandsBelow(prefix: readonly string[]): readonly CommandEntry[] {
  return COMMANDS.filter(
    ({ path }) => path[0] !== 'internal' && prefix.every((word, index) => path[index] === word),
  );
}
