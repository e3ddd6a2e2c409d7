import { describe, expect, it } from 'vitest';
import {
  renderChange,
  renderLesson,
  renderNetworks,
  renderRecord,
  renderRules,
} from '../../../src/cli/output/network-text.ts';
import type { NetworkPolicy } from '../../../src/network/policy.ts';

const policy: NetworkPolicy = {
  ...{ schema: 1, mode: 'strict', allow: [], block: [], ports: [443], allowPrivate: [] },
  hostServices: {},
};

describe('what ct network prints', () => {
  it('says of a change what came of it, in the file and in each session', () => {
    const saved = { path: '/c', added: ['a.test'], removed: [], unchanged: ['b.test'] };
    const sessions = [
      { session: 's1', changed: true, cut: 2 },
      { session: 's2', changed: false, cut: 0 },
      { session: 's3', error: 'its owner does not answer' },
    ];
    expect(renderChange({ op: 'block', saved, sessions, notes: ['so it is'] })).toBe(
      [
        'blocked: a.test in /c',
        'was blocked already: b.test in /c',
        'session s1: in force; 2 open connections cut',
        'session s2: nothing to change',
        'session s3: NOT CHANGED: its owner does not answer',
        'note: so it is',
        '',
      ].join('\n'),
    );
  });

  it('shows rules with where they come from, and what contradicts itself', () => {
    const rules = [
      { rule: 'a.test', list: 'allow', ports: [80, 443], origin: 'user' },
      { rule: 'a.test', list: 'block', ports: 'all', origin: 'user' },
    ] as const;
    const notes = [{ kind: 'conflict', text: 'a.test', by: 'a.test' }] as const;
    const text = renderRules({
      mode: 'strict',
      session: undefined,
      rules,
      hostServices: [],
      notes,
    });
    expect(text).toMatch(/^mode strict\nLIST +RULE +PORTS +FROM\nallow +a\.test +80, 443 +user\n/u);
    expect(text).toContain("note: 'a.test' is blocked by 'a.test'");
    const none = { mode: 'strict', session: 's1', rules: [], hostServices: [], notes: [] };
    expect(renderRules(none)).toContain('strict sessions reach nothing');
  });

  it('shows a session’s network with its connections', () => {
    const connection = {
      name: 'a.test',
      port: 443,
      rule: 'a.test',
      sent: 1,
      received: 2,
      openMs: 3000,
    };
    const counts = { allowed: 4, denied: 5 };
    const status = {
      session: 's1',
      agent: 'shell',
      policy,
      names: 6,
      connections: [connection],
      counts,
    };
    expect(renderNetworks([status])).toMatch(
      /^s1 {2}shell {2}strict .*5 denied\n {2}a\.test:443 +3s/u,
    );
    expect(renderNetworks([])).toContain('no session');
    const rule = { ...policy, block: [{}], allow: [{}, {}] } as unknown as NetworkPolicy;
    expect(renderNetworks([{ ...status, policy: rule, names: 1 }])).toContain(
      'strict  2 rules, 1 block  1 name  ',
    );
  });

  it('gives every record a line of its own, whatever the name holds', () => {
    const line = renderRecord({
      ...{ time: 0, session: 's', event: 'connect', verdict: 'deny', reason: 'not_allowed' },
      ...{ name: 'a\n\u001b[31m.test', port: 443, sent: 1, received: 2, durationMs: 1500 },
    });
    expect(line).toBe(
      '00:00:00 deny  connect a\\n\\e[31m.test:443  not allowed  1 out, 2 in, 1.5 s\n',
    );
  });

  it('proposes commands', () => {
    const lesson = { missing: ['a.test'], asked: [], used: [], unused: [] };
    expect(renderLesson(lesson, 'shadow')).toContain("ct network allow 'a.test'");
  });
});
