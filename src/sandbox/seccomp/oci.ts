import { SCMP_ARCH, type Arch, type CallTable } from './calls.ts';
import { refuseProfile } from './catalogue.ts';
import type { OciRule, OciSeccomp } from './compile.ts';
import { ERRNOS } from './constants.ts';
import { contradictionDoubt, doubtsOf } from './oci-doubts.ts';
import { ociFaults } from './oci-shape.ts';

/** A profile in the form of engines, as their users write it, after its shape was checked. */
export interface OciDocument {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly defaultErrno?: string;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly {
    readonly architecture: string;
    readonly subArchitectures?: readonly string[] | null;
  }[];
  readonly syscalls?: readonly OciEntry[] | null;
}

/** Its rules; `includes` and `excludes` are containers-common's and moby's. */
export interface OciEntry extends Omit<OciRule, 'names' | 'args'> {
  readonly name?: string;
  readonly names?: readonly string[];
  readonly errno?: string;
  readonly args?: OciRule['args'] | null;
  readonly includes?: OciScope | null;
  readonly excludes?: OciScope | null;
}

interface OciScope {
  readonly caps?: readonly string[] | null;
  readonly arches?: readonly string[] | null;
}

const GO_ARCH: Readonly<Record<Arch, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const EPERM = 1;

/**
 * A user's profile in the form of Podman, Docker and the runtime spec, reduced to what holds for a
 * session: this processor, no capability. Calls that only other processors have are left out.
 *
 * Errors: invalid_config with `file` and the first fault
 * Source: containers/common pkg/seccomp, moby profiles/seccomp
 */
export function checkedOci(
  document: unknown,
  file: string,
  arch: Arch,
  table: CallTable,
): { readonly filter: OciSeccomp; readonly doubts: readonly string[] } {
  const faults = ociFaults(document, table);
  if (faults.length > 0) throw refuseProfile(file, faults);
  const given = document as OciDocument;
  const architectures = architecturesOf(given, arch);
  // With another mode beside it, its calls are as real as the processor's own.
  const native = table.numbers[arch];
  const keeps = (name: string): boolean => architectures.length > 1 || native.has(name);
  const rules = (given.syscalls ?? [])
    .filter((entry) => holdsHere(entry, arch))
    .map((entry) => ruleOf(entry, keeps))
    .filter(({ names }) => names.length > 0);
  const { syscalls, settled } = settle(rules);
  const isErrno = given.defaultAction === 'SCMP_ACT_ERRNO';
  const filter: OciSeccomp = {
    defaultAction: given.defaultAction,
    ...(isErrno
      ? { defaultErrnoRet: errnoOf(given.defaultErrnoRet, given.defaultErrno) ?? EPERM }
      : {}),
    architectures,
    syscalls,
  };
  return { filter, doubts: [...contradictionDoubt(settled), ...doubtsOf(filter, SCMP_ARCH[arch])] };
}

function holdsHere({ includes, excludes }: OciEntry, arch: Arch): boolean {
  const wanted = includes?.arches ?? [];
  const here = GO_ARCH[arch];
  if (wanted.length > 0 && !wanted.includes(here)) return false;
  if ((excludes?.arches ?? []).includes(here)) return false;
  // A session has no capability, so nothing that is bound to one holds.
  return (includes?.caps ?? []).length === 0;
}

function ruleOf(entry: OciEntry, keeps: (name: string) => boolean): OciRule {
  const names = [...(entry.names ?? []), ...(entry.name === undefined ? [] : [entry.name])];
  const errno = errnoOf(entry.errnoRet, entry.errno);
  return {
    names: names.filter((name) => keeps(name)),
    action: entry.action,
    ...(entry.action === 'SCMP_ACT_ERRNO' ? { errnoRet: errno ?? EPERM } : {}),
    ...((entry.args ?? []).length > 0 ? { args: entry.args ?? [] } : {}),
  };
}

function errnoOf(number: number | undefined, name: string | undefined): number | undefined {
  // containers-common lets the name win.
  return name === undefined || name === '' ? number : (ERRNOS[name] ?? number);
}

function architecturesOf({ architectures, archMap }: OciDocument, arch: Arch): readonly string[] {
  const native = SCMP_ARCH[arch];
  const mapped = (archMap ?? []).find(({ architecture }) => architecture === native);
  return [...new Set([native, ...(architectures ?? []), ...(mapped?.subArchitectures ?? [])])];
}

/**
 * Rules for every use of one call that answer differently: engines then go by the order, which nobody
 * sees. The refusal stands instead, and of two refusals the first.
 */
function settle(rules: readonly OciRule[]): {
  readonly syscalls: readonly OciRule[];
  readonly settled: readonly string[];
} {
  const chosen = new Map<string, OciRule>();
  const settled = new Set<string>();
  for (const rule of rules.filter(({ args }) => args === undefined)) {
    for (const name of rule.names) {
      const before = chosen.get(name);
      if (before === undefined || sameAnswer(before, rule)) {
        chosen.set(name, before ?? rule);
        continue;
      }
      settled.add(name);
      if (before.action === ALLOW) chosen.set(name, rule);
    }
  }
  const syscalls = rules
    .map((rule) =>
      rule.args === undefined
        ? { ...rule, names: rule.names.filter((name) => stands(rule, chosen.get(name))) }
        : rule,
    )
    .filter(({ names }) => names.length > 0);
  return { syscalls: withoutRepeats(syscalls), settled: [...settled] };
}

/** Podman's own profile says one thing of `socket` twice, over which runc would stop. */
function withoutRepeats(rules: readonly OciRule[]): readonly OciRule[] {
  const seen = new Set<string>();
  return rules.filter((rule) => {
    const key = JSON.stringify(rule);
    return !seen.has(key) && seen.add(key).has(key);
  });
}

const ALLOW = 'SCMP_ACT_ALLOW';

function stands(rule: OciRule, chosen: OciRule | undefined): boolean {
  return chosen !== undefined && sameAnswer(chosen, rule);
}

function sameAnswer(a: OciRule, b: OciRule): boolean {
  return a.action === b.action && a.errnoRet === b.errnoRet;
}
