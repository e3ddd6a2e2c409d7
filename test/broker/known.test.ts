import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { masked, useMask } from '../../src/base/mask.ts';
import { registerSecret } from '../../src/broker/known.ts';
import { Secret } from '../../src/secrets/secret.ts';

/** Source: core(5) */
const FILTER = '/proc/self/coredump_filter';

describe('a secret that was read', () => {
  it('is masked from then on, and its process leaves no memory in a core dump', () => {
    // Another test of this process may have had one too.
    writeFileSync(FILTER, '0x33');
    registerSecret(new Secret('A', Buffer.from('sk-one-111')));
    registerSecret(new Secret('B', Buffer.from('sk-two-222')));
    expect(masked('sk-one-111 and sk-two-222')).toBe('[secret A] and [secret B]');
    expect(readFileSync(FILTER, 'utf8').trim()).toBe('00000000');
    useMask({ text: (text) => text, stream: () => ({ push: (text) => text, end: () => '' }) });
  });
});
