import { CtError } from '../../base/errors.ts';

/** Processors that ct has tables for, in the kernel's words. */
export const ARCHES = ['x86_64', 'aarch64'] as const;

/** One of {@link ARCHES}. */
export type Arch = (typeof ARCHES)[number];

/** How the runtime spec calls them: only the processor's own calls, nothing of i386, x32 or arm. */
export const SCMP_ARCH: Readonly<Record<Arch, string>> = {
  x86_64: 'SCMP_ARCH_X86_64',
  aarch64: 'SCMP_ARCH_AARCH64',
};

/** Names and numbers of system calls. */
export interface CallTable {
  /** Name → number */
  readonly numbers: Readonly<Record<Arch, ReadonlyMap<string, number>>>;
  /** Every name that some processor has */
  readonly known: ReadonlySet<string>;
}

/**
 * The kernel's name for the processor, from Node's.
 *
 * Errors: unsupported for others than x86_64 and aarch64
 */
export function archOf(nodeArch: string): Arch {
  if (nodeArch === 'x64') return 'x86_64';
  if (nodeArch === 'arm64') return 'aarch64';
  throw new CtError('unsupported', `there is no seccomp profile for the processor ${nodeArch}`, {
    hint: 'ct has profiles for x86_64 and aarch64',
  });
}

interface TableText {
  readonly foreign: readonly string[];
  readonly x86_64: Readonly<Record<string, string>>;
  readonly aarch64: Readonly<Record<string, string>>;
}

/** Reads `seccomp/syscalls.json`: lines of names, each under the number of its first. */
export function parseCallTable(text: string): CallTable {
  const table = JSON.parse(text) as TableText;
  const numbers = { x86_64: numbersOf(table.x86_64), aarch64: numbersOf(table.aarch64) };
  const foreign = table.foreign.flatMap((line) => line.split(' '));
  const known = new Set([...numbers.x86_64.keys(), ...numbers.aarch64.keys(), ...foreign]);
  return { numbers, known };
}

function numbersOf(lines: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(lines).flatMap(([first, names]) =>
      names.split(' ').map((name, index): [string, number] => [name, Number(first) + index]),
    ),
  );
}
