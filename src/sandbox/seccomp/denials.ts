import type { Arch, CallTable } from './calls.ts';
import { errnoName } from './constants.ts';
import { decide, type Policy } from './policy.ts';

/** A system call that was refused, as often as it was in the same way. */
export interface Denial {
  readonly count: number;
  /** `refused` with an error, `killed` by SIGSYS, or `trapped`: SIGSYS that the program may handle */
  readonly kind: 'refused' | 'killed' | 'trapped';
  /** Name, or what is known of it */
  readonly call: string;
  /** Answer; `0` unless refused */
  readonly errno: number;
  /** The program, as the kernel calls it */
  readonly program: string;
  /** Of the first time */
  readonly args: readonly bigint[];
}

const LINE =
  /^(\d+) (refused|killed|trapped) (\d+) (\d+) (native|i386) (-|[0-9a-f]+)((?: [0-9a-f]+){6})$/u;
/** Source: asm/unistd.h, __X32_SYSCALL_BIT */
const X32_BIT = 0x4000_0000;

/** Reads what `templates/trace-denials.pl` wrote. Lines that are not of its form are left out. */
export function parseDenials(
  lines: readonly string[],
  arch: Arch,
  table: CallTable,
): readonly Denial[] {
  const names = new Map([...table.numbers[arch]].map(([name, number]) => [number, name]));
  return lines.flatMap((line): Denial[] => {
    const found = LINE.exec(line);
    if (found === null) return [];
    const [, count, kind, nr, errno, entry, program = '', args = ''] = found;
    return [
      {
        count: Number(count),
        kind: kind as Denial['kind'],
        call: callName(Number(nr), entry === 'i386', names),
        errno: Number(errno),
        program: program === '-' ? '?' : Buffer.from(program, 'hex').toString('utf8'),
        args: args
          .trim()
          .split(' ')
          .map((word) => BigInt(`0x${word}`)),
      },
    ];
  });
}

function callName(nr: number, isI386: boolean, names: ReadonlyMap<number, string>): string {
  if (isI386) return `32-bit call ${nr}`;
  if (nr >= X32_BIT) return `x32 call ${nr - X32_BIT}`;
  return names.get(nr) ?? `call ${nr}`;
}

/** The profile of a session, and all of ct's own, narrowest first. */
export interface DenialContext {
  readonly name: string;
  /** `undefined` for a file of the user's */
  readonly own: Policy | undefined;
  readonly policies: readonly Policy[];
}

/** The lines that end a run with `--explain-denials`. */
export function renderDenials(
  denials: readonly Denial[],
  context: DenialContext,
): readonly string[] {
  if (denials.length === 0) {
    return [`the seccomp profile ${context.name} refused no system call in this session`];
  }
  const head = `system calls that the seccomp profile ${context.name} refused:`;
  return [head, ...denials.flatMap((denial) => renderDenial(denial, context))];
}

function renderDenial(denial: Denial, { own, policies }: DenialContext): readonly string[] {
  const { program, call, count, kind, errno, args } = denial;
  const answer = kind === 'refused' ? errnoName(errno) : `${kind} by SIGSYS`;
  const shown = args.map((arg) => `0x${arg.toString(16)}`).join(', ');
  const line = `  ${program}: ${call}(${shown}) → ${answer}, ${count === 1 ? 'once' : `${count} times`}`;
  const reason = own === undefined ? '' : decide(own, call, args).reason.replace(/\.$/u, '');
  const others = policies
    .filter((policy) => decide(policy, call, args).outcome.kind === 'allow')
    .map(({ name }) => name);
  const cure = others.length > 0 ? `; allowed by: ${others.join(', ')}` : '';
  const why = kind === 'refused' ? reason : 'calls of other processor modes end the program';
  return [line, ...(why + cure === '' ? [] : [`      ${why}${cure}`])];
}
