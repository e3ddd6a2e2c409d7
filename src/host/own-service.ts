import { ownProgram } from './own-program.ts';

/** Known to understand the flags below; Node does not start with one that its V8 does not know. */
const KNOWN_V8 = /^1[1-3]\./u;

/**
 * The same for one that lives long and has little to do: young objects have little room, and only what is
 * really busy is compiled once more. That is five megabytes of sixty (docs/adr/0022-user-service.md).
 */
export function ownService(
  words: readonly string[],
  v8 = process.versions.v8,
): readonly [program: string, ...args: string[]] {
  const [program, ct] = ownProgram();
  const flags = ['--max-semi-space-size=1', '--interrupt-budget=10000000'];
  return [program, ...(KNOWN_V8.test(v8) ? flags : []), ct, 'internal', ...words];
}
