import { utimesSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findSnapshot, keepSnapshot, sessionsKept } from '../../src/host/snapshots.ts';
import type { Snapshot } from '../../src/review/compare.ts';
import { scratch } from '../support/scratch.ts';

const snapshot = (session: string, dir = '/p'): Snapshot => ({
  ...{ schema: 1, dir, session, takenMs: 1, files: [], isCutShort: false },
});

it('keeps the last eight sessions of a project, each to be found by its id', () => {
  const state = scratch();
  for (let index = 0; index < 10; index++) {
    keepSnapshot(state, snapshot(`0000000${index}`));
    const [project = ''] = readdirSync(`${state}/review`);
    utimesSync(`${state}/review/${project}/0000000${index}.json`, 1000 + index, 1000 + index);
  }
  expect(findSnapshot(state, '/p')?.session).toBe('00000009');
  expect(findSnapshot(state, '/p', '00000005')?.session).toBe('00000005');
  expect(findSnapshot(state, '/p', '00000000')).toBeUndefined();
  expect(findSnapshot(state, '/q')).toBeUndefined();
  expect(sessionsKept(state, '/p').slice(0, 2)).toEqual(['00000009', '00000008']);
  expect(sessionsKept(state, '/p')).toHaveLength(8);
  expect(sessionsKept(state, '/q')).toEqual([]);
});

it('fails where it cannot be kept, since there would be no review', () => {
  const state = scratch({ review: '' });
  expect(() => keepSnapshot(state, snapshot('00000001'))).toThrow('not a directory');
});

it('takes a garbled one for none', () => {
  const state = scratch();
  keepSnapshot(state, snapshot('00000001'));
  const [project = ''] = readdirSync(`${state}/review`);
  writeFileSync(`${state}/review/${project}/00000001.json`, '{"schema":1');
  expect(findSnapshot(state, '/p')).toBeUndefined();
});
