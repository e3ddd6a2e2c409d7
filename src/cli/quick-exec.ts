import { dropSeparator } from './options/words.ts';
import { refuseRoot } from './root.ts';
import { withSessions, type Surroundings } from './with-sessions.ts';

/** The command line of a plain `ct exec`. */
export interface QuickExec {
  readonly selector: string;
  readonly args: readonly string[];
}

/**
 * Reads the usual `ct exec <session> [--] <command> [arguments]` without the command-line library. `undefined` for
 * anything else: the library then reads it, and words the error.
 */
export function parseQuickExec(argv: readonly string[]): QuickExec | undefined {
  const [command, selector = '-', ...words] = argv;
  const args = dropSeparator(words);
  const isOption = selector.startsWith('-') || (words[0] !== '--' && words[0]?.startsWith('-'));
  const isPlain = command === 'exec' && !isOption && args.length > 0;
  return isPlain ? { selector, args } : undefined;
}

/** Carries it out; resolves to the exit status of the program. Errors: whatever the exec does */
export async function performExec(
  request: QuickExec,
  surroundings: Surroundings,
  words: readonly string[],
): Promise<number> {
  await refuseRoot(surroundings.uid, words);
  return withSessions(surroundings, async (context) => {
    const { execInSession } = await import('../session/exec.ts');
    return execInSession(request, context);
  });
}
