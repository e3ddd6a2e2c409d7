import { describe, expect, it } from 'vitest';
import type { NetworkRecord, RecordReason } from '../../src/network/record.ts';
import { cureFor, summariseDenied } from '../../src/network/summary.ts';

const denied = (parts: Partial<NetworkRecord>): NetworkRecord => ({
  ...{ time: 0, session: 's', event: 'connect', verdict: 'deny', reason: 'not_allowed' },
  ...parts,
});
const ports = [80, 443];

describe('summariseDenied', () => {
  it('says nothing when nothing was denied', () => {
    expect(summariseDenied([], 's', ports)).toEqual([]);
    expect(
      summariseDenied([{ record: denied({ verdict: 'allow' }), times: 3 }], 's', ports),
    ).toEqual([]);
  });

  it('names each destination with the command that would allow it, the most frequent first', () => {
    const lines = summariseDenied(
      [
        { record: denied({ name: 'a.test', event: 'dns' }), times: 2 },
        { record: denied({ name: 'git.test', port: 22, reason: 'port' }), times: 5 },
        {
          record: denied({ name: 'bad.test', port: 443, reason: 'blocked', rule: '*.bad.test' }),
          times: 1,
        },
      ],
      's',
      ports,
    );
    expect(lines).toEqual([
      'the network denied 3 destinations:',
      "  git.test:22   5×  ct network allow 'git.test:22'",
      "  a.test        2×  ct network allow 'a.test'",
      "  bad.test:443  1×  blocked; ct network remove '*.bad.test'",
    ]);
  });

  it('is short, whatever a session did', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      record: denied({ name: `n${index}.test`, port: 443 }),
      times: 1,
    }));
    const lines = summariseDenied(many, 's1', ports);
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toContain("490 more: 'ct network log --session s1'");
  });

  it('proposes no command with a word that is no name', () => {
    const record = denied({ name: "x'; rm -rf ~ #", port: 443 });
    expect(summariseDenied([{ record, times: 1 }], 's', ports)[1]).not.toContain('ct network');
  });
});

describe('cureFor', () => {
  it.each([
    [{ reason: 'special_address', detail: 'private' }, /allow_private/u],
    [{ reason: 'special_address', detail: 'metadata' }, /no rule opens/u],
    [{ reason: 'host_address' }, /host_services/u],
    [{ reason: 'not_allowed', protocol: 'udp', port: 9, detail: 'only TCP leaves' }, /^only TCP/u],
    [{ reason: 'not_allowed', address: '2001:db8::1', port: 22 }, /'\[2001:db8::1\]:22'/u],
    [{ reason: 'sni', detail: 'asked for b.test' }, /b\.test/u],
    [{ reason: 'not_allowed', address: '169.254.169.254', port: 80 }, /^not allowed$/u],
  ] satisfies [Partial<NetworkRecord>, RegExp][])('of %j', (parts, expected) => {
    expect(cureFor(denied(parts), ports)).toMatch(expected);
  });

  it('has words for every reason', () => {
    const reasons: readonly RecordReason[] = [
      ...(['no_sni', 'ech', 'protocol', 'host', 'limit', 'unreachable', 'offline'] as const),
      ...(['revoked', 'malformed'] as const),
    ];
    for (const reason of reasons) expect(cureFor(denied({ reason }), ports)).not.toBe('');
  });
});
