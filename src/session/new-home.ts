import { readTemplate } from '../host/assets.ts';
import { writeBeneath } from '../host/beneath.ts';
import { ensurePrivateDir } from '../host/files.ts';

/**
 * Makes the home of an agent that has none. It begins with a text about the sandbox, where the agent looks
 * for rules: an agent that knows what a refused name means asks instead of trying. From then on the file is
 * the user's, and one that he took away stays away.
 *
 * Errors: see `ensurePrivateDir` and `writeBeneath`
 */
export function makeHome(home: string, rulesFile: string | undefined): void {
  ensurePrivateDir(home);
  if (rulesFile !== undefined) writeBeneath(home, rulesFile, firstRules());
}

/** What a new home begins with; see templates/AGENTS.md. */
export function firstRules(): string {
  return readTemplate('AGENTS.md');
}
