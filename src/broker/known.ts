import { writeFileSync } from 'node:fs';
import { useMask } from '../base/mask.ts';
import { Redactor } from '../secrets/redact.ts';
import type { Secret } from '../secrets/secret.ts';

let redactor: Redactor | undefined;

/**
 * Remembers a secret for masking, from the moment it was read: no message, log or error of this process
 * shows its value. Returns it.
 */
export function registerSecret(secret: Secret): Secret {
  if (redactor === undefined) {
    redactor = new Redactor();
    useMask(redactor);
    keepOutOfCoreDumps();
  }
  redactor.add(secret);
  return secret;
}

/** A core dump of this process, to a file or to a collector, has no private memory in it. Source: core(5) */
function keepOutOfCoreDumps(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // A kernel without core dumps has no such file.
  }
}
