import { describe, expect, it } from 'vitest';
import { UndoStack } from '../../src/base/undo.ts';

describe('UndoStack', () => {
  it('takes steps back in reverse order', async () => {
    const seen: string[] = [];
    const undo = new UndoStack();
    for (const name of ['a', 'b', 'c']) undo.push(name, async () => void seen.push(name));
    expect(await undo.unwind()).toEqual([]);
    expect(seen).toEqual(['c', 'b', 'a']);
  });

  it('goes on after a step that fails, and names it', async () => {
    const seen: string[] = [];
    const undo = new UndoStack();
    undo.push('first', async () => void seen.push('first'));
    undo.push('container x', async () => Promise.reject(new Error('busy')));
    const failures = await undo.unwind();
    expect(seen).toEqual(['first']);
    expect(failures.map((failure) => failure.message)).toEqual(['container x: busy']);
  });

  it('takes nothing back once the work is committed, nor twice', async () => {
    let count = 0;
    const undo = new UndoStack();
    undo.push('a', async () => void count++);
    await undo.unwind();
    await undo.unwind();
    undo.push('b', async () => void count++);
    undo.commit();
    await undo.unwind();
    expect(count).toBe(1);
  });
});
