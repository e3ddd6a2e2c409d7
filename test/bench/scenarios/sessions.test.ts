import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sessionsScenario } from '../../../src/bench/scenarios/sessions.ts';
import { scene } from './support.ts';

const PLAN = readFileSync('test/golden/plans/shell-offline-detached.json', 'utf8');

/** Every session waits for the end of its input before it writes that it ended. */
const CT = `case "$*" in
*--dry-run*) cat <<'END'
${PLAN}
END
;;
*ready*) echo begun >> "$LOG"; echo ready; cat; echo ended >> "$LOG";;
esac`;

describe('sessions at once', () => {
  it('all live before the first is let go', async () => {
    const { bench, dir } = scene(CT);
    const { cases } = await sessionsScenario(10).open(bench);
    const { figures } = (await cases[0]?.measure()) ?? { figures: {} };
    const log = readFileSync(`${dir}/log`, 'utf8').trim().split('\n');
    expect(log).toEqual([
      ...Array.from({ length: 10 }, () => 'begun'),
      ...Array.from({ length: 10 }, () => 'ended'),
    ]);
    const { 'first byte': live = Number.NaN, total = Number.NaN, gone } = figures;
    expect(live).toBeLessThanOrEqual(total);
    expect(gone).toBeGreaterThanOrEqual(total);
  });
});
