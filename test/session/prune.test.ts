import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { renderOwner } from '../../src/base/owner.ts';
import { LABEL } from '../../src/plan/labels.ts';
import type { ContainerSummary, Engine } from '../../src/engine/engine.ts';
import { silentReport } from '../../src/base/report.ts';
import { currentOwner } from '../../src/host/process.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { isAbandoned, pruneAbandoned } from '../../src/session/prune.ts';
import { scratch } from '../support/scratch.ts';

const owner = renderOwner({
  pid: 4711,
  startTicks: '5',
  bootId: '0f9d5c6e-0000-4000-8000-0123456789ab',
  pidNamespace: '1',
});
const attached = {
  labels: { [LABEL.owner]: owner, [LABEL.life]: 'attached' },
  status: 'running',
} as const;
const detached = {
  labels: { [LABEL.owner]: owner, [LABEL.life]: 'detached' },
  status: 'running',
} as const;

describe('isAbandoned', () => {
  it('gives up a session whose owner is dead', () => {
    expect(isAbandoned(attached, undefined, () => 'dead')).toBe(true);
  });

  it('leaves one whose owner lives or cannot be judged', () => {
    expect(isAbandoned(attached, undefined, () => 'alive')).toBe(false);
    expect(isAbandoned(attached, undefined, () => 'unknown')).toBe(false);
  });

  it('leaves a detached session that runs, and gives up one that never came to run', () => {
    expect(isAbandoned(detached, undefined, () => 'dead')).toBe(false);
    expect(isAbandoned({ ...detached, status: 'initialized' }, undefined, () => 'dead')).toBe(true);
    expect(isAbandoned({ ...detached, status: 'created' }, undefined, () => 'dead')).toBe(true);
  });

  it('judges a standby by the run that has claimed it, and by the service before', () => {
    const standby = {
      labels: { ...attached.labels, [LABEL.life]: 'standby' },
      status: 'running',
    } as const;
    const run = { pid: 5000, startTicks: '9', bootId: '0'.repeat(36), pidNamespace: '1' };
    const stateOf = ({ pid }: { readonly pid: number }) => (pid === 4711 ? 'dead' : 'alive');
    expect(isAbandoned(standby, undefined, stateOf)).toBe(true);
    expect(isAbandoned(standby, run, stateOf)).toBe(false);
    expect(isAbandoned(standby, { ...run, pid: 4711 }, stateOf)).toBe(true);
  });

  it('never touches a container without an owner of ours', () => {
    expect(isAbandoned({ labels: {}, status: 'exited' }, undefined, () => 'dead')).toBe(false);
    expect(
      isAbandoned({ labels: { [LABEL.owner]: '1' }, status: 'exited' }, undefined, () => 'dead'),
    ).toBe(false);
  });
});

describe('pruneAbandoned', () => {
  it('asks the engine once, removes what dead processes left and tells what else there is', async () => {
    const dead = renderOwner({ ...currentOwner(), startTicks: '1' });
    const rows = [
      { id: 'left', labels: { [LABEL.owner]: dead, [LABEL.life]: 'attached' } },
      { id: 'live', labels: { [LABEL.owner]: renderOwner(currentOwner()) } },
      { id: 'nobodys', labels: {} },
    ].map((row) => ({ ...row, name: row.id, status: 'running' })) as unknown as ContainerSummary[];
    const asked: unknown[] = [];
    const engine = {
      list: async (labels: readonly string[]) => {
        asked.push(labels);
        return rows;
      },
      remove: async (id: string) => void asked.push(id),
    } as unknown as Engine;
    const paths = { stateDir: scratch() };
    const context = { paths, report: silentReport, instance: () => 'here' };
    const others = await pruneAbandoned(engine, context as unknown as SessionContext);
    expect(asked).toEqual([[`${LABEL.instance}=here`], 'left']);
    expect(others.map(({ id }) => id)).toEqual(['live', 'nobodys']);
  });

  it('goes on when one cannot be removed, and says so; an engine that is away is an error', async () => {
    const dead = renderOwner({ ...currentOwner(), startTicks: '1' });
    const labels = { [LABEL.owner]: dead, [LABEL.life]: 'attached' };
    const rows = ['stuck', 'left'].map((id) => ({ id, name: id, labels, status: 'running' }));
    const removed: string[] = [];
    const warned: string[] = [];
    let code: 'failed_precondition' | 'unavailable' = 'failed_precondition';
    const engine = {
      list: async () => rows,
      remove: async (id: string) => {
        if (id === 'stuck') throw new CtError(code, 'it did not die');
        removed.push(id);
      },
    } as unknown as Engine;
    const report = { ...silentReport, warn: (text: string) => void warned.push(text) };
    const context = { paths: { stateDir: scratch() }, report, instance: () => 'here' };
    const others = await pruneAbandoned(engine, context as unknown as SessionContext);
    expect([removed, others.map(({ id }) => id)]).toEqual([['left'], ['stuck']]);
    expect(warned).toEqual([
      expect.stringMatching(/^stuck, .* cannot be removed: it did not die$/u),
    ]);
    code = 'unavailable';
    await expect(pruneAbandoned(engine, context as unknown as SessionContext)).rejects.toThrow();
  });
});
