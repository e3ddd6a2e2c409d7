import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../support/bundle.ts';

/** Sources without a test of the same name, and where their behaviour is tested instead. */
const EXCUSED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^main\.ts$/u, 'test/cli/spawned.test.ts runs the bundle'],
  [/^cli\/commands\//u, 'test/cli/main.test.ts goes through the command line'],
  [/^cli\/(command|context|help|library)\.ts$/u, 'test/cli/main.test.ts'],
  [/^cli\/output\/(json-text|table|spinner)\.ts$/u, 'tested through report, text and json'],
  [/^doctor\/check\.ts$/u, 'test/doctor/checks'],
  [/^base\/version\.ts$/u, 'test/cli/spawned.test.ts asks for the version'],
  [/^agents\/(gemini|shell)\.ts$/u, 'data; test/agents/catalogue.test.ts checks all of it'],
];

/** Whether a file holds nothing that runs. */
function isTypesOnly(path: string): boolean {
  return !/^(?:export )?(?:default |async |abstract )*(?:function|class|const|let)\b/mu.test(
    readFileSync(path, 'utf8'),
  );
}

describe('every source file', () => {
  it('has a test of the same name, or a reason not to', () => {
    const missing = filesBelow('src', '.ts')
      .filter((path) => !path.endsWith('.d.ts') && !isTypesOnly(path))
      .map((path) => path.slice('src/'.length))
      .filter((path) => !existsSync(`test/${path.replace(/\.ts$/u, '.test.ts')}`))
      .filter((path) => !EXCUSED.some(([pattern]) => pattern.test(path)));
    expect(missing, 'write test/<same path>.test.ts').toEqual([]);
  });
});
