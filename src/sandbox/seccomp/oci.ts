import { printable } from '../../base/text.ts';
import { SCMP_ARCH, type Arch, type CallTable } from './calls.ts';
import { refuseProfile } from './catalogue.ts';
import type { OciRule, OciSeccomp } from './compile.ts';
import { ERRNOS } from './constants.ts';
import { doubtsOf } from './oci-doubts.ts';
import { ociFaults } from './oci-shape.ts';
import type { ProfileFault } from './profile.ts';

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
  const syscalls = (given.syscalls ?? [])
    .filter((entry) => holdsHere(entry, arch))
    .map((entry) => ruleOf(entry, arch, table))
    .filter(({ names }) => names.length > 0);
  const clashes = contradictions(syscalls);
  if (clashes.length > 0) throw refuseProfile(file, clashes);
  const isErrno = given.defaultAction === 'SCMP_ACT_ERRNO';
  const filter: OciSeccomp = {
    defaultAction: given.defaultAction,
    ...(isErrno
      ? { defaultErrnoRet: errnoOf(given.defaultErrnoRet, given.defaultErrno) ?? EPERM }
      : {}),
    architectures: architecturesOf(given, arch),
    syscalls,
  };
  return { filter, doubts: doubtsOf(filter, SCMP_ARCH[arch]) };
}

function holdsHere({ includes, excludes }: OciEntry, arch: Arch): boolean {
  const wanted = includes?.arches ?? [];
  const here = GO_ARCH[arch];
  if (wanted.length > 0 && !wanted.includes(here)) return false;
  if ((excludes?.arches ?? []).includes(here)) return false;
  // A session has no capability, so nothing that is bound to one holds.
  return (includes?.caps ?? []).length === 0;
}

function ruleOf(entry: OciEntry, arch: Arch, table: CallTable): OciRule {
  const names = [...(entry.names ?? []), ...(entry.name === undefined ? [] : [entry.name])];
  const errno = errnoOf(entry.errnoRet, entry.errno);
  return {
    names: names.filter((name) => table.numbers[arch].has(name)),
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

/** Two rules for every use of one call that answer differently. */
function contradictions(rules: readonly OciRule[]): readonly ProfileFault[] {
  const seen = new Map<string, string>();
  const faults: ProfileFault[] = [];
  for (const { names, action, errnoRet, args } of rules) {
    if (args !== undefined) continue;
    for (const name of names) {
      const says = `${action} ${errnoRet ?? ''}`.trim();
      const before = seen.get(name) ?? says;
      if (before !== says) {
        const what = `has rules that contradict each other: ${before} and ${says}`;
        faults.push({ where: printable(name), what });
      }
      seen.set(name, before);
    }
  }
  return faults;
}
