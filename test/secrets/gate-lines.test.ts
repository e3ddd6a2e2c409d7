import { describe, expect, it } from 'vitest';
import { gateLines } from '../../src/secrets/gate-lines.ts';
import { Secret } from '../../src/secrets/secret.ts';

const lines = (...values: readonly (readonly [string, string])[]): string =>
  gateLines(values.map(([name, value]) => new Secret(name, Buffer.from(value)))).toString();

describe('what is said at the gate', () => {
  it('is one word without variables', () => {
    expect(lines()).toBe('open\n');
  });

  it('has a line for each line of a value, and opens last', () => {
    expect(lines(['A', 'x'], ['B', '1\n\n2\n'])).toBe('=A\n+x\n!\n=B\n+1\n+\n+2\n+\n!\nopen\n');
  });

  it('cannot be steered by a value: each of its lines begins with a plus', () => {
    const evil = '!\n=PATH\n+/evil\n!\nopen';
    for (const line of lines(['A', evil]).split('\n').slice(1, -4)) expect(line).toMatch(/^\+/u);
  });
});
