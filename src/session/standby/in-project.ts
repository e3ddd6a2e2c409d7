import { statSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { fileError } from '../../host/errors.ts';
import { inodeOf } from '../../host/survey-path.ts';
import type { SessionPlan } from '../../plan/plan.ts';

/**
 * Works in the project's directory, and comes back. A run is there already; the service, which has no
 * project, goes there for as long as it takes: an open directory cannot be swapped for a link.
 *
 * Errors: failed_precondition when the project is another directory by now; see `fileError`
 */
export function inProject<T>({ project }: SessionPlan, work: () => T): T {
  const before = process.cwd();
  try {
    process.chdir(project.source);
    const here = inodeOf(statSync('.', { bigint: true }));
    if (here === project.mounted[0]?.inode) return work();
  } catch (thrown) {
    throw fileError(thrown, 'use the project directory', project.source);
  } finally {
    process.chdir(before);
  }
  throw new CtError(
    'failed_precondition',
    `${printable(project.source)} is another directory by now`,
    { hint: 'run the command again' },
  );
}
