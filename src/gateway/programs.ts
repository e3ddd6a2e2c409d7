import { CtError } from '../base/errors.ts';
import { templatePath } from '../host/assets.ts';
import { findProgram } from '../host/find-program.ts';
import type { NetnsPrograms } from './netns-helper.ts';

/**
 * The programs that a session's network is made with.
 *
 * Errors: failed_precondition naming the missing one and its package
 */
export function findNetnsPrograms(env: NodeJS.ProcessEnv): NetnsPrograms {
  return {
    perl: required('perl', 'perl-base', env),
    nft: required('nft', 'nftables', env),
    helper: templatePath('netns-helper.pl'),
  };
}

function required(name: string, debianPackage: string, env: NodeJS.ProcessEnv): string {
  const path = findProgram(name, env);
  if (path !== undefined) return path;
  throw new CtError(
    'failed_precondition',
    `there is no ${name} on this host: a session's network needs it`,
    {
      hint: `install it: sudo apt install ${debianPackage}`,
    },
  );
}
