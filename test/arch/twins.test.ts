import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../support/bundle.ts';
import { TESTED_ELSEWHERE } from './twins.ts';

const sources = filesBelow('src', '.ts')
  // Generated: test/engine/containerd/wire.test.ts compares what it is made of with containerd's own descriptors.
  .filter((path) => !path.startsWith('src/gen/') && !isTypesOnly(path))
  .map((path) => path.slice('src/'.length));
const excused = new Set(Object.values(TESTED_ELSEWHERE).flat());

/** Whether a file holds nothing that runs. */
function isTypesOnly(path: string): boolean {
  return !/^(?:export )?(?:default |async |abstract )*(?:function|class|const|let|\{)/mu.test(
    readFileSync(path, 'utf8'),
  );
}

function hasTwin(source: string): boolean {
  return existsSync(`test/${source.replace(/\.ts$/u, '.test.ts')}`);
}

describe('every source file', () => {
  it('has a test of the same name, or a reason not to', () => {
    const missing = sources.filter((path) => !hasTwin(path) && !excused.has(path));
    expect(missing, 'write test/<same path>.test.ts').toEqual([]);
  });

  it('that is excused exists', () => {
    expect([...excused].filter((path) => !existsSync(`src/${path}`))).toEqual([]);
  });
});
