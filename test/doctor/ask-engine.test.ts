import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { askEngine } from '../../src/doctor/ask-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { goodEngine } from './support.ts';

const engineWith = (volumePath: string | undefined): Engine =>
  ({
    info: () => Promise.resolve(goodEngine.info),
    images: {
      list: () =>
        Promise.resolve([
          { references: ['localhost/ct:old'], id: 'a', createdMs: 1 },
          { references: [], id: 'b', createdMs: 2 },
        ]),
    },
    volumes: {
      inspect: () => Promise.resolve(volumePath === undefined ? undefined : { path: volumePath }),
    },
  }) as unknown as Engine;

describe('askEngine', () => {
  it('tells what the engine is and holds, the newest image first', async () => {
    expect(await askEngine(() => Promise.resolve(engineWith(undefined)))).toEqual({
      state: 'asked',
      info: goodEngine.info,
      stock: { images: ['b', 'localhost/ct:old'], agents: [] },
    });
  });

  it('does not know the agents when their directory cannot be read', async () => {
    const facts = await askEngine(() => Promise.resolve(engineWith('/nowhere/at/all')));
    expect(facts).toMatchObject({ stock: { agents: undefined } });
  });

  it('takes a failure for a finding', async () => {
    const error = new CtError('unavailable', 'no socket');
    expect(await askEngine(() => Promise.reject(error))).toEqual({ state: 'failed', error });
  });
});
