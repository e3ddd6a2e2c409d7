import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import type { ContainerState, Engine } from '../../src/engine/engine.ts';
import { askOutcome, outOfMemory } from '../../src/session/outcome.ts';

const state = (status: ContainerState['status'], exitCode = 0): ContainerState => ({
  id: 'x',
  name: 'x',
  status,
  pid: 0,
  exitCode,
  oomKilled: false,
  terminal: false,
  labels: {},
  imageId: '',
  runtimeConfig: undefined,
});

/** An engine that answers `inspect` with these, the last one for ever. */
function answering(...answers: (ContainerState | CtError)[]): Engine {
  return {
    inspect: async () => {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof CtError) throw answer;
      return answer;
    },
  } as unknown as Engine;
}

describe('askOutcome', () => {
  it('waits for the engine to notice the exit', async () => {
    const engine = answering(state('running'), state('running'), state('exited', 37));
    expect(await askOutcome(engine, 'x')).toEqual({
      kind: 'exited',
      exitCode: 37,
      oomKilled: false,
    });
  });

  it('passes on that the kernel killed for memory, which is said with the limit', async () => {
    const engine = answering({ ...state('exited', 137), oomKilled: true });
    expect(await askOutcome(engine, 'x')).toEqual({
      kind: 'exited',
      exitCode: 137,
      oomKilled: true,
    });
    expect(outOfMemory(256 * 1024 ** 2)).toMatch(
      /out of memory \(limit 256 ?MiB; -m gives it more\)/u,
    );
    expect(outOfMemory(undefined)).not.toContain('limit');
  });

  it('never takes a broken connection for an exit', async () => {
    expect(await askOutcome(answering(state('running')), 'x')).toEqual({ kind: 'running' });
  });

  it('asks again while the engine restarts', async () => {
    const away = new CtError('unavailable', 'refused');
    const engine = answering(away, away, state('exited', 3));
    expect(await askOutcome(engine, 'x')).toMatchObject({ exitCode: 3 });
  });

  it('says that a container is gone instead of making an exit status up', async () => {
    expect(await askOutcome(answering(new CtError('not_found', 'gone')), 'x')).toEqual({
      kind: 'gone',
    });
  });

  it('passes on what it does not understand', async () => {
    await expect(askOutcome(answering(new CtError('internal', 'odd')), 'x')).rejects.toThrow('odd');
  });
});
