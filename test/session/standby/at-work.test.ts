import { describe, expect, it } from 'vitest';
import { AtWork } from '../../../src/session/standby/at-work.ts';

describe('work that nobody waits for', () => {
  it('is over when all is, also what it began itself', async () => {
    const done: number[] = [];
    const work = new AtWork(() => undefined);
    work.add('one', async () => {
      await Promise.resolve();
      done.push(1);
      work.add('two', async () => void done.push(2));
    });
    expect(work.count).toBe(1);
    await work.settled();
    expect([done, work.count]).toEqual([[1, 2], 0]);
  });

  it('tells what went wrong', async () => {
    const said: string[] = [];
    const work = new AtWork((text) => void said.push(text));
    work.add('prepare', async () => Promise.reject(new Error('no image')));
    await work.settled();
    expect(said).toEqual([expect.stringMatching(/^prepare: .*no image/u)]);
  });
});
