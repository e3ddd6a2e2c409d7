import { readFileSync } from 'node:fs';

/** Whether the local account database has `name`. Accounts of a directory service are not seen. */
export function hasAccount(name: string): boolean {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return lines.some((line) => line.startsWith(`${name}:`));
  } catch {
    return false;
  }
}
