import { freemem } from 'node:os';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AtWork } from '../../../src/session/standby/at-work.ts';

vi.mock(import('node:os'), async (original) => ({ ...(await original()), freemem: vi.fn() }));

let said: string[];
let work: AtWork;

beforeEach(() => {
  said = [];
  work = new AtWork((text) => void said.push(text), 'no standby');
  vi.mocked(freemem).mockReturnValue(2 ** 30);
});

describe('work that nobody waits for', () => {
  it('is over when all is, also what it began itself', async () => {
    const done: number[] = [];
    work.add('one', async () => {
      await Promise.resolve();
      done.push(1);
      work.add('two', async () => void done.push(2));
    });
    expect(work.count).toBe(1);
    await work.close();
    expect([done, work.count]).toEqual([[1, 2], 0]);
  });

  it('tells what went wrong', async () => {
    work.add('throw away', async () => Promise.reject(new Error('no engine')));
    await work.close();
    expect(said).toEqual([expect.stringMatching(/^throw away: .*no engine/u)]);
  });
});

describe('what is prepared', () => {
  const idle = (): Promise<void> => vi.waitFor(() => expect(work.count).toBe(0));

  it('comes a while after it was asked for, once for each key', async () => {
    const made: string[] = [];
    work.prepare('a', async () => void made.push('a'));
    work.prepare('a', async () => void made.push('a again'));
    expect([made, [...work.coming]]).toEqual([[], ['a']]);
    await idle();
    expect([made, [...work.coming]]).toEqual([['a'], []]);
  });

  it('does not come any more when the service ends meanwhile', async () => {
    const make = vi.fn<() => Promise<void>>();
    work.prepare('a', make);
    await work.close();
    work.prepare('b', make);
    expect([make.mock.calls, work.count]).toEqual([[], 0]);
  });

  it('is given up when it is called off, before it begins or while it is made', async () => {
    const begun = vi.fn<() => Promise<void>>();
    work.prepare('a', begun);
    await work.callOff();
    expect([begun.mock.calls, [...work.coming]]).toEqual([[], []]);

    const seen: boolean[] = [];
    let finish = (): void => undefined;
    const made = new Promise<void>((resolve) => (finish = resolve));
    work.prepare('a', async (signal) => {
      await begun();
      await made;
      seen.push(signal.aborted);
    });
    await vi.waitFor(() => expect(begun).toHaveBeenCalled());
    const off = work.callOff();
    finish();
    await off;
    expect([seen, [...work.coming], said]).toEqual([[true], [], []]);
    // Who asks after that is meant.
    work.prepare('a', async (signal) => void seen.push(signal.aborted));
    await idle();
    expect(seen).toEqual([true, false]);
  });

  it('does not come where memory is short, which is told once', async () => {
    const make = vi.fn<() => Promise<void>>();
    vi.mocked(freemem).mockReturnValue(2 ** 20);
    work.prepare('a', make);
    work.prepare('b', make);
    await idle();
    expect(make).not.toHaveBeenCalled();
    expect(said).toEqual(['no standby: less than 256 MiB of memory are free']);
  });

  it('fails with the same words once, until it has worked again', async () => {
    const fail = async (): Promise<void> => Promise.reject(new Error('no image'));
    for (const make of [fail, fail, async () => undefined, fail]) {
      work.prepare('a', make);
      await idle();
    }
    expect(said).toHaveLength(2);
    expect(new Set(said).size).toBe(1);
  });
});
