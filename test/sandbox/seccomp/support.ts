import { readFileSync } from 'node:fs';
import { parseCallTable } from '../../../src/sandbox/seccomp/calls.ts';
import { checkedPolicy } from '../../../src/sandbox/seccomp/catalogue.ts';
import type { Policy } from '../../../src/sandbox/seccomp/policy.ts';
import type { Profile } from '../../../src/sandbox/seccomp/profile.ts';

/** A file of the project's `seccomp/`. */
export function readData(name: string): string {
  return readFileSync(new URL(`../../../seccomp/${name}`, import.meta.url), 'utf8');
}

/** The table of calls. */
export const table = parseCallTable(readData('syscalls.json'));

/** One of ct's own profiles as written. */
export function profileNamed(name: string): Profile {
  return JSON.parse(readData(`${name}.json`)) as Profile;
}

/** One of ct's own profiles, resolved. */
export function policyNamed(name: string): Policy {
  return checkedPolicy(profileNamed(name), name, profileNamed, table);
}
