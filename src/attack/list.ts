import type { Attempt } from './attempt.ts';
import { fileAttempts } from './list/files.ts';
import { kernelAttempts } from './list/kernel.ts';
import { limitAttempts } from './list/limits.ts';
import { namespaceAttempts } from './list/namespaces.ts';
import { privilegeAttempts } from './list/privilege.ts';
import { projectAttempts } from './list/project.ts';
import { reachAttempts } from './list/reach.ts';
import { runtimeAttempts } from './list/runtime.ts';
import { secretAttempts } from './list/secrets.ts';
import { socketAttempts } from './list/sockets.ts';
import { suiteAttempts } from './list/suite.ts';

/**
 * Every attempt that `ct` is tried with, in the order of the report and of their making: those that
 * change the project come last.
 */
export const ATTEMPTS: readonly Attempt[] = [
  ...kernelAttempts,
  ...socketAttempts,
  ...namespaceAttempts,
  ...privilegeAttempts,
  ...fileAttempts,
  ...runtimeAttempts,
  ...reachAttempts,
  ...secretAttempts,
  ...limitAttempts,
  ...projectAttempts,
  ...suiteAttempts,
];
