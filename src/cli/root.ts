import { CtError } from '../base/errors.ts';
import { quoteForShell } from './quote.ts';

/**
 * Refuses to go on as root: sessions are walled in by an ordinary account's user namespace, and as
 * root that wall is missing.
 *
 * Errors: failed_precondition with the command to type instead
 */
export async function refuseRoot(uid: number, words: readonly string[]): Promise<void> {
  if (uid !== 0) return;
  const { hasAccount } = await import('../host/account.ts');
  const command = `runuser -l ct -c ${quoteForShell(['ct', ...words].map(quoteForShell).join(' '))}`;
  const make = "make one:     'npm start' in the directory of ct, or 'useradd -m -s /bin/bash ct'";
  throw new CtError(
    'failed_precondition',
    'ct does not run sessions as root: what keeps an agent in is the user namespace of an ordinary account',
    {
      hint: hasAccount('ct')
        ? `use the account ct:  ${command}`
        : `use an ordinary account; there is none called ct yet\n${make}\nthen type:    ${command}`,
    },
  );
}
