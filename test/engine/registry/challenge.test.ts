import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/engine/registry/challenge.ts';
import { processorMs } from '../../support/processor-time.ts';

describe('what a server offers for logging in', () => {
  it('is read with its parameters', () => {
    const header =
      'Bearer realm="https://auth.a.b/token",service="a.b",scope="repository:x/y:pull,push"';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.a.b/token',
          service: 'a.b',
          scope: 'repository:x/y:pull,push',
        },
      },
    ]);
  });

  it('may be several ways, quoted and plain', () => {
    expect(
      parseChallenges('Negotiate, Basic realm="a \\"b\\"", BEARER realm=x , service = y'),
    ).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'a "b"' } },
      { scheme: 'bearer', parameters: { realm: 'x', service: 'y' } },
    ]);
  });

  it('may be nothing', () => {
    expect(parseChallenges('')).toEqual([]);
    expect(parseChallenges('realm="x"')).toEqual([]);
    expect(parseChallenges('"""')).toEqual([]);
  });

  it('is read in no time, whatever it is', () => {
    const spentMs = processorMs(() => {
      parseChallenges(`Bearer realm="${'\\'.repeat(50_000)}`);
      parseChallenges(','.repeat(50_000));
      parseChallenges(' '.repeat(50_000));
    });
    expect(spentMs).toBeLessThan(500);
  });
});
