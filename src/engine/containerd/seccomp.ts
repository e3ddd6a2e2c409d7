import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { fileError } from '../../host/errors.ts';
import type { SeccompUse } from '../../sandbox/seccomp/use.ts';

/**
 * The filter as the runtime spec takes it. The file is read here, once, and must be the one that was
 * planned; what another process writes into it later changes nothing.
 *
 * Errors: not_found, permission_denied · failed_precondition when it is another text
 */
export function readSeccomp(use: SeccompUse | undefined): unknown {
  if (use === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(use.path, 'utf8');
  } catch (thrown) {
    throw fileError(thrown, 'read the seccomp profile', use.path);
  }
  if (createHash('sha256').update(text).digest('hex') !== use.digest) {
    throw new CtError('failed_precondition', `the seccomp profile ${use.path} was changed`, {
      hint: `remove it, and run again: ct writes it anew`,
    });
  }
  return JSON.parse(text);
}
