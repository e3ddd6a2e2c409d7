import { copyFileSync, readFileSync } from 'node:fs';
import { archOf, parseCallTable } from '../../../src/sandbox/seccomp/calls.ts';
import { checkedPolicy } from '../../../src/sandbox/seccomp/catalogue.ts';
import { decide, type Policy } from '../../../src/sandbox/seccomp/policy.ts';
import type { Profile } from '../../../src/sandbox/seccomp/profile.ts';
import { ct, project } from './ct.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../seccomp/${name}`, import.meta.url), 'utf8');

/** The processor of this host. */
export const arch = archOf(process.arch);
const table = parseCallTable(read('syscalls.json'));
/** Name → number, here. */
export const numbers = table.numbers[arch];
const names = new Map([...numbers].map(([name, number]) => [number, name]));

/** The declared policy of a profile, which sessions are compared with. */
export function policyNamed(name: string): Policy {
  const source = (other: string) => JSON.parse(read(`${other}.json`)) as Profile;
  return checkedPolicy(source(name), name, source, table);
}

/** A system call to make: number and arguments. */
export interface Probe {
  readonly nr: number;
  readonly args: readonly bigint[];
}

/** The call of this name with these arguments. */
export function call(name: string, ...args: readonly (bigint | number)[]): Probe {
  const nr = numbers.get(name);
  if (nr === undefined) throw new Error(`this processor has no call '${name}'`);
  return { nr, args: args.map(BigInt) };
}

/** A probe for messages. */
export function shown({ nr, args }: Probe): string {
  return `${names.get(nr) ?? nr}(${args.map((arg) => `0x${BigInt.asUintN(64, arg).toString(16)}`).join(', ')})`;
}

/** Options of `ct run` for a profile; without a filter the preset must not insist on one. */
export function withProfile(profile: string): readonly string[] {
  return ['--preset', 'standard', '-n', 'offline', '--seccomp', profile];
}

/** What each probe came to inside a session with this profile, in their order. */
export async function probe(profile: string, probes: readonly Probe[]): Promise<readonly string[]> {
  const cwd = project();
  copyFileSync(new URL('./probe.pl', import.meta.url), `${cwd}/probe.pl`);
  const lines = probes.map(
    ({ nr, args }, index) => `${index} ${nr} ${args.map(signed).join(' ')}\n`,
  );
  const done = await ct(['run', ...withProfile(profile), 'shell', '-c', 'perl probe.pl'], {
    cwd,
    input: lines.join(''),
  });
  const answers = done.stdout.toString().trim().split('\n');
  if (answers.length !== probes.length) {
    throw new Error(
      `${answers.length} of ${probes.length} answers, status ${done.status}: ${done.stderr}`,
    );
  }
  return answers.map((line) => line.slice(line.indexOf(' ') + 1));
}

/** Perl reads numbers of 64 bits with their sign. */
const signed = (arg: bigint): string => BigInt.asIntN(64, arg).toString();

/** Newer calls than the oldest libseccomp that ct meets knows (2.5.4): it leaves them out. */
const LAST_KNOWN = 450;

/**
 * The kernel keeps these from every filter (since 6.13 and 6.18): only its own trampolines may make them,
 * and they end or refuse everybody else. Source: kernel/seccomp.c, seccomp_uprobe_exception()
 */
const UNFILTERED = ['uretprobe', 'uprobe'];

/** What the declared policy lets a probe come to, given what the bare kernel says. */
export function expected(policy: Policy, { nr, args }: Probe, bare: string): readonly string[] {
  if (UNFILTERED.includes(names.get(nr) ?? '')) return [bare];
  const { outcome } = decide(policy, names.get(nr), args);
  if (outcome.kind === 'errno') return [`errno ${outcome.errno}`];
  return nr > LAST_KNOWN ? [bare, 'errno 38'] : [bare];
}
