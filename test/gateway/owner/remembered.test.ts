import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { servedDir, servedFile } from '../../../src/gateway/owner/place.ts';
import { lastServed } from '../../../src/gateway/owner/remembered.ts';
import { emptyPolicy } from '../../../src/network/policy.ts';

const wish = {
  session: 'cafe0123',
  agent: 'shell',
  pid: 4711,
  policy: emptyPolicy('strict', [443]),
  published: [],
};

function left(text: string): string {
  const runtime = mkdtempSync(join(tmpdir(), 'ct-served-'));
  mkdirSync(servedDir(runtime), { recursive: true });
  writeFileSync(servedFile(runtime, wish.session), text);
  return runtime;
}

const changed = { ...wish.policy, ports: [80] };

it('has the rules as they were changed', () => {
  const runtime = left(JSON.stringify({ ...wish, policy: changed, startTicks: '1' }));
  expect(lastServed(runtime, wish)).toEqual({ ...wish, policy: changed });
});

it.each([
  ['half a file', JSON.stringify(wish).slice(0, 40)],
  ['another process of that session', JSON.stringify({ ...wish, pid: 1, policy: changed })],
])('is what was asked for where there is %s', (_what, text) => {
  expect(lastServed(left(text), wish)).toEqual(wish);
});
