import { describe, expect, it } from 'vitest';
import { agentNamed } from '../../src/agents/catalogue.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';
import type { Facts } from '../../src/plan/facts.ts';
import { LABEL } from '../../src/plan/labels.ts';
import { planNetwork } from '../../src/plan/network.ts';
import { PLAIN_RUN, type RunOptions } from '../../src/plan/options.ts';
import { planSession, type SessionPlan } from '../../src/plan/plan.ts';
import { asClaimed, asStandby, standbyDigest } from '../../src/plan/standby.ts';
import { facts } from './support.ts';

function plan(options: Partial<RunOptions> = {}, other: Partial<Facts> = {}): SessionPlan {
  const all = { ...PLAIN_RUN, agent: 'gemini', ...options };
  const agent = agentNamed(all.agent);
  const { network } = DEFAULT_CONFIG;
  const registries = [{ tool: 'npm', host: 'packages.example', port: 8443 }];
  const policy = planNetwork({ mode: all.network ?? 'strict', network, agent, registries });
  return planSession(all, DEFAULT_CONFIG, agent, { ...facts, ...other }, policy);
}

const service = {
  pid: 17,
  startTicks: '5',
  bootId: '0f9d5c6e-0000-4000-8000-0123456789ab',
  pidNamespace: '1',
};

type Path = readonly (string | number)[];

/** Every leaf of a value, an empty list or table among them. */
function leaves(value: unknown, path: Path = []): readonly Path[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, below]) =>
    leaves(below, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function changed<T>(whole: T, path: Path): T {
  const copy = structuredClone(whole);
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  const old = at[last];
  at[last] = typeof old === 'boolean' ? !old : Array.isArray(old) ? ['more'] : `${String(old)}x`;
  return copy;
}

/** What may differ between a run and the standby that serves it, and nothing else. */
const FREE = [
  ['session'],
  ['container', 'name'],
  ['container', 'labels', LABEL.session],
  ['container', 'labels', LABEL.owner],
].map((path) => path.join('/'));

describe('standbyDigest', () => {
  it('changes with every leaf of a plan but for who it is and the words of the agent', () => {
    const whole = plan({ published: [{ hostAddress: '127.0.0.1', hostPort: 8080, port: 80 }] });
    const before = standbyDigest(whole);
    const launcher = whole.container.sandbox.args.length - whole.command.length;
    const isFree = (path: Path): boolean =>
      FREE.includes(path.join('/')) ||
      path[0] === 'command' ||
      (path[2] === 'args' && Number(path[3]) >= launcher);
    const all = leaves(whole);
    expect(all.length).toBeGreaterThan(200);
    for (const path of all) {
      const after = standbyDigest(changed(whole, path));
      expect([path.join('/'), after === before]).toEqual([path.join('/'), isFree(path)]);
    }
  });

  it.each<[string, Partial<RunOptions>, Partial<Facts>]>([
    ['another network', { network: 'permissive' }, {}],
    ['another preset', { preset: 'standard' }, {}],
    ['another filter', { seccomp: 'browser' }, { seccomp: { ...facts.seccomp, doubts: ['x'] } }],
    ['a limit', { limits: { pids: 77 } }, {}],
    ['a path that may be written to', { writable: ['.vscode'] }, {}],
    ['another image', {}, { imageReference: 'localhost/ct:other' }],
    ['packages', {}, { generation: 'g2' }],
    ['a pipe', {}, { terminal: { stdinIsTty: false, stdoutIsTty: true } }],
    ['another project', {}, { project: { ...facts.project, inode: '9:9' } }],
    ['a granted secret', {}, { secrets: { ...facts.secrets, present: ['GEMINI_API_KEY'] } }],
    ['a detached session', { detach: true }, {}],
  ])('is another one for %s', (_, options, other) => {
    expect(standbyDigest(plan(options, other))).not.toBe(standbyDigest(plan()));
  });

  it('is the same for other words, another run and another day', () => {
    const other = plan({ args: ['-p', 'two\nlines'] }, { sessionId: '00000000', owner: service });
    expect(standbyDigest(other)).toBe(standbyDigest(plan()));
  });
});

describe('a standby', () => {
  it('has a name of its own, no words, the service as its owner, and all else of the plan', () => {
    const whole = plan({ args: ['-p', 'private'] });
    const standby = asStandby(whole, { session: 'abcd1234', owner: service });
    expect(standby.container.name).toBe('ct-gemini-abcd1234');
    expect(standby.container.labels).toMatchObject({
      [LABEL.session]: 'abcd1234',
      [LABEL.life]: 'standby',
      [LABEL.owner]: '17:5:0f9d5c6e-0000-4000-8000-0123456789ab:1',
      [LABEL.project]: whole.project.source,
    });
    expect(JSON.stringify(standby.container)).not.toContain('private');
    const { args: _, ...isolation } = whole.container.sandbox;
    expect(standby.container.sandbox).toMatchObject(isolation);
  });

  it('looks to the run that claims it as it was made', () => {
    const whole = plan({ args: ['-p', 'words of this run'] });
    const made = asStandby(plan(), { session: 'abcd1234', owner: service });
    const claimed = asClaimed(whole, 'abcd1234');
    expect(claimed.container.sandbox).toEqual(made.container.sandbox);
    expect(claimed.container.name).toBe(made.container.name);
    expect(claimed.command).toEqual(whole.command);
  });
});
