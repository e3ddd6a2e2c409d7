import { describe, expect, it } from 'vitest';
import { parseOwner } from '../../src/base/owner.ts';
import { LABEL, sessionLabels } from '../../src/plan/labels.ts';

const facts = {
  instance: '0123456789abcdef',
  sessionId: 'cafe0123',
  ctVersion: '0.1.0',
  owner: {
    pid: 4711,
    startTicks: '5',
    bootId: '0f9d5c6e-0000-4000-8000-0123456789ab',
    pidNamespace: '1',
  },
} as Parameters<typeof sessionLabels>[0]['facts'];

const labels = (detach: boolean): Readonly<Record<string, string>> =>
  sessionLabels({
    ...{ agent: 'gemini', detach, network: 'offline', preset: 'locked', facts },
    seccomp: { name: 'strict', digest: 'f'.repeat(64), path: '/x' },
    project: { source: '/a b', target: '/projects/a b' },
    grants: [],
  });

describe('sessionLabels', () => {
  it('are all ours by their prefix', () => {
    for (const key of Object.keys(labels(false))) expect(key).toMatch(/^ct\./u);
  });

  it('say who owns the session, in a form that can be read again', () => {
    expect(parseOwner(labels(false)[LABEL.owner])).toEqual(facts.owner);
  });

  it('name the seccomp profile and its digest', () => {
    expect(labels(false)[LABEL.seccomp]).toBe('strict@ffffffffffff');
  });

  it('tell a session that ends with its owner from one that does not', () => {
    expect(labels(false)[LABEL.life]).toBe('attached');
    expect(labels(true)[LABEL.life]).toBe('detached');
  });
});
