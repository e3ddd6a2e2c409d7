import { writeSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { runLanes } from '../../setup/lanes.mjs';

type Output = 'inherit' | number;

afterEach(() => vi.restoreAllMocks());

/** What was announced and shown, in order. */
function watched(): string[] {
  const seen: string[] = [];
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    seen.push(String(chunk));
    return true;
  });
  return seen;
}

const work = (name: string, isBeside: boolean, run: (output: Output) => Promise<string>) => ({
  name,
  isBeside,
  run,
});

test('both lanes run at once; output and results keep the order', async () => {
  const seen = watched();
  let release: () => void = () => undefined;
  const guestRuns = new Promise<void>((resolve) => (release = resolve));
  const results = await runLanes(
    [
      work('unit', false, async (output) => {
        // Hangs unless the guest runs meanwhile.
        await guestRuns;
        seen.push(`unit ${String(output)}`);
        return 'A';
      }),
      work('host:x', true, (output) => {
        writeSync(output as number, 'said by x');
        release();
        return Promise.resolve('B');
      }),
      work('root', false, () => Promise.resolve('C')),
    ],
    (name) => seen.push(`= ${name}`),
  );
  expect(results).toEqual(['A', 'B', 'C']);
  expect(seen).toEqual(['= unit', 'unit inherit', '= root', '= host:x', 'said by x']);
});

test('the lane that is done first takes what either may', async () => {
  const seen = watched();
  let release: () => void = () => undefined;
  const freeRan = new Promise<void>((resolve) => (release = resolve));
  const results = await runLanes(
    [
      work('root', false, () => Promise.resolve('A')),
      // Hangs unless the other lane takes the free one.
      work('host:x', true, () => freeRan.then(() => 'B')),
      work('host:y', true, () => Promise.resolve((seen.push('y runs'), 'C'))),
      {
        ...work('lint', true, (output) => {
          writeSync(output as number, 'said by lint');
          seen.push('lint runs');
          release();
          return Promise.resolve('D');
        }),
        isFree: true,
      },
    ],
    (name) => seen.push(`= ${name}`),
  );
  expect(results).toEqual(['A', 'B', 'C', 'D']);
  const shown = ['= host:x', '', '= host:y', '', '= lint', 'said by lint'];
  expect(seen).toEqual(['= root', 'lint runs', 'y runs', ...shown]);
});

test.each([true, false])(
  'one that is interrupted stops both, and is waited for',
  async (beside) => {
    watched();
    const ran: string[] = [];
    const slow = work('slow', !beside, async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      ran.push('slow');
      return '';
    });
    const next = work('next', !beside, () => Promise.resolve((ran.push('next'), '')));
    const stopped = work('stopped', beside, () => Promise.reject(new Error('SIGINT')));
    await expect(runLanes([slow, next, stopped], () => undefined)).rejects.toThrow('SIGINT');
    expect(ran).toEqual(['slow']);
  },
);
