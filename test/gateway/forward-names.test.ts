import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hostResolvers } from '../../src/gateway/forward-names.ts';

function conf(text: string): string {
  const path = `${mkdtempSync(`${tmpdir()}/resolv-`)}/resolv.conf`;
  writeFileSync(path, text);
  return path;
}

describe("the host's resolvers", () => {
  it('are the first three that resolv.conf names', () => {
    const text =
      '# no\nsearch a.test\nnameserver 127.0.0.53\n nameserver ::1\nnameserver x\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n';
    expect(hostResolvers(conf(text))).toEqual(['127.0.0.53', '::1', '192.0.2.1']);
  });

  it('are the one on this host when none is named', () => {
    expect(hostResolvers(conf('options timeout:1\n'))).toEqual(['127.0.0.1']);
  });
});
