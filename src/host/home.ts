import { homedir, userInfo } from 'node:os';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/**
 * The user's home directory: `$HOME`, or that of the account where the variable is missing. Relative ones are not
 * ignored as those of the XDG directories are: every other program would follow them, the engine too.
 *
 * Errors: failed_precondition for a HOME that is empty or no absolute path
 */
export function homeOf(env: NodeJS.ProcessEnv): string {
  const named = env['HOME'];
  if (named === undefined) return homedir();
  if (named.startsWith('/')) return named.replace(/\/+$/u, '') || '/';
  const fault = named === '' ? 'is empty' : `is '${printable(named)}', which is no absolute path`;
  const own = accountHome();
  throw new CtError('failed_precondition', `HOME ${fault}`, {
    hint: `set it to your home directory${own === undefined ? '' : `:  export HOME=${own}`}`,
  });
}

/** As the account database has it; `undefined` for an account that is not in it. */
function accountHome(): string | undefined {
  try {
    return printable(userInfo().homedir);
  } catch {
    return undefined;
  }
}
