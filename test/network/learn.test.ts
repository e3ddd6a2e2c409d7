import { describe, expect, it } from 'vitest';
import { decide } from '../../src/network/decide.ts';
import { describeLesson, learn } from '../../src/network/learn.ts';
import type { NetworkRecord } from '../../src/network/record.ts';
import { summariseDenied } from '../../src/network/summary.ts';
import { policyOf } from './rules.ts';

const record = (parts: Partial<NetworkRecord>): NetworkRecord => ({
  ...{ time: 0, session: 's', event: 'connect', verdict: 'allow', reason: 'recorded' },
  ...parts,
});
const policy = policyOf({
  ...{ allow: ['*.known.test', 'idle.test'], block: ['bad.test'], record: 'learn' as const },
});
const records = [
  record({ name: 'a.known.test', port: 443, reason: 'allowed' }),
  record({ name: 'new.test', port: 443 }),
  record({ name: 'new.test', port: 80 }),
  record({ name: 'git.test', port: 22 }),
  record({ address: '203.0.113.7', port: 8443 }),
  record({ name: 'denied.test', port: 443, verdict: 'deny', reason: 'not_allowed' }),
  record({ name: 'bad.test', port: 443, verdict: 'deny', reason: 'blocked' }),
  record({ name: 'house.test', port: 443, verdict: 'deny', reason: 'special_address' }),
  record({ name: 'asked.test', event: 'dns' }),
  record({
    address: '203.0.113.9',
    port: 123,
    protocol: 'udp',
    verdict: 'deny',
    reason: 'not_allowed',
  }),
  record({ name: 'x.test; rm -rf ~', port: 443 }),
];

describe('learn', () => {
  it('finds the least that has to be added, and what was never needed', () => {
    expect(learn(records, policy)).toEqual({
      missing: ['203.0.113.7:8443', 'denied.test', 'git.test:22', 'new.test'],
      asked: [],
      used: ['*.known.test'],
      unused: ['idle.test'],
    });
  });

  it('proposes rules with which a strict session can do the same', () => {
    const { missing } = learn(records, policy);
    const strict = policyOf({ allow: missing });
    for (const [name, port] of [
      ['new.test', 443],
      ['new.test', 80],
      ['git.test', 22],
    ] as const) {
      expect(decide(strict, { name, port }).verdict).toBe('allow');
    }
    expect(decide(strict, { name: 'git.test', port: 443 }).verdict).toBe('deny');
  });

  it('says it as commands', () => {
    const lesson = learn(records, policy);
    expect(describeLesson(lesson, 'learn')).toContain("  ct network allow 'git.test:22'");
    expect(describeLesson(lesson, 'learn')).toContain("  ct network remove 'idle.test'");
    expect(describeLesson(lesson, 'shadow')[0]).toBe('strict would have denied 4 destinations:');
    const nothing = learn([], policyOf({}));
    expect(describeLesson(nothing, 'shadow')).toEqual(['strict would have denied nothing of this']);
    expect(describeLesson(nothing, 'learn')).toEqual(['the lists have all that this session used']);
  });

  const question = (name: string, reason: NetworkRecord['reason'] = 'not_allowed') =>
    record({ event: 'dns', name, verdict: 'deny', reason });

  it('counts names that a strict session was denied, which never come to a connection', () => {
    const denied = [
      ...[question('nope.test'), question('bad.test', 'blocked'), question('-', 'malformed')],
      ...[question('bad.test'), question('db.host.ct'), question('a.known.test')],
    ];
    const lesson = learn(denied, policyOf({ allow: ['*.known.test'], block: ['bad.test'] }));
    expect(lesson).toEqual({
      missing: ['nope.test'],
      asked: ['a.known.test', 'nope.test'],
      used: ['*.known.test'],
      unused: [],
    });
    expect(describeLesson(lesson, 'learn')).toEqual([
      'this session asked for one destination that the lists lack:',
      "  ct network allow 'nope.test'",
    ]);
    const since = learn([question('nope.test')], policyOf({ allow: ['nope.test'] }));
    expect(describeLesson(since, 'learn')).toEqual([
      'the lists have all that this session asked for',
    ]);
  });

  it('counts names that strict would not have answered in shadow, connected to or not', () => {
    const shadow = policyOf({
      ...{ allow: ['*.known.test'], block: ['bad.test'], record: 'shadow' as const },
    });
    const asked = [
      ...[record({ event: 'dns', name: 'new.test' }), record({ event: 'dns', name: 'git.test' })],
      record({ event: 'dns', name: 'a.known.test', reason: 'allowed' }),
      ...[question('bad.test', 'blocked'), record({ name: 'git.test', port: 22 })],
      record({ event: 'dns', name: 'lan.test' }),
      record({ name: 'lan.test', port: 80, verdict: 'deny', reason: 'special_address' }),
    ];
    const lesson = learn(asked, shadow);
    expect(lesson).toMatchObject({ missing: ['git.test:22', 'new.test'], asked: ['new.test'] });
    expect(describeLesson(lesson, 'shadow')).toEqual([
      'strict would have denied 2 destinations:',
      "  ct network allow 'git.test:22'",
      "  ct network allow 'new.test'",
    ]);
    expect(learn(asked, policy)).toMatchObject({ missing: ['git.test:22'] });
  });

  it('proposes the port where a denied name was connected to later', () => {
    const later = [question('late.test'), record({ name: 'late.test', port: 22 })];
    expect(learn(later, policyOf({}))).toMatchObject({ missing: ['late.test:22'], asked: [] });
  });

  it('proposes what the summary at the end of the session proposes', () => {
    const denied = question('nope.test');
    const [, line] = summariseDenied([{ record: denied, times: 1 }], 's', [80, 443]);
    const [, command] = describeLesson(learn([denied], policyOf({})), 'learn');
    expect(line?.endsWith(command?.trim() ?? '?')).toBe(true);
  });
});
