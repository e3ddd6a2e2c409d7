import { describe, expect, it } from 'vitest';
import { parseDenials, renderDenials } from '../../../src/sandbox/seccomp/denials.ts';
import { PROFILE_NAMES } from '../../../src/sandbox/seccomp/use.ts';
import { policyNamed, table } from './support.ts';

const hex = (text: string): string => Buffer.from(text).toString('hex');
const parse = (...lines: readonly string[]) => parseDenials(lines, 'x86_64', table);
const context = {
  name: 'default',
  own: policyNamed('default'),
  policies: PROFILE_NAMES.map((name) => policyNamed(name)),
};

describe('parseDenials', () => {
  it('reads how often, which call, what it answered, whose it was and its arguments', () => {
    const line = `3 refused 272 1 native ${hex('my prog')} 10000000 7ffd0000 0 0 0 ffffffffffffffff`;
    expect(parse(line)).toEqual([
      {
        count: 3,
        kind: 'refused',
        call: 'unshare',
        errno: 1,
        program: 'my prog',
        args: [0x10000000n, 0x7ffd0000n, 0n, 0n, 0n, 2n ** 64n - 1n],
      },
    ]);
  });

  it.each([
    ['1 killed 20 0 i386 - 0 0 0 0 0 0', '32-bit call 20'],
    ['1 killed 1073741863 0 native - 0 0 0 0 0 0', 'x32 call 39'],
    ['1 refused 999 38 native - 0 0 0 0 0 0', 'call 999'],
  ])('names %j %s', (line, name) => expect(parse(line)[0]?.call).toBe(name));

  it('leaves out what is not of its form', () => {
    expect(parse('', 'ready', '1 refused x', '1 refused 1 1 native zz 0 0 0 0 0 0')).toEqual([]);
  });
});

describe('renderDenials', () => {
  it('gives the reason of the rule, and the profiles that allow the call with these arguments', () => {
    const denials = parse(`1 refused 272 1 native ${hex('unshare')} 20000 0 0 0 0 0`);
    const [head, line, why] = renderDenials(denials, context);
    expect(head).toContain('default');
    expect(line).toContain('unshare: unshare(0x20000, ');
    expect(line).toContain('→ EPERM, once');
    expect(why).toMatch(/New namespaces.*; allowed by: nested$/u);
  });

  it('has no reasons for a file of the user, but still the profiles that allow it', () => {
    const denials = parse('2 refused 101 1 native - 0 0 0 0 0 0');
    const lines = renderDenials(denials, { ...context, name: '/p.json', own: undefined });
    expect(lines.join('\n')).toMatch(/ptrace\(.*2 times\n\s+; allowed by: debug/u);
  });

  it('says so when there are none', () => {
    expect(renderDenials([], context)).toEqual([expect.stringContaining('no system call')]);
  });
});
