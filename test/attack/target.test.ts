import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorSaid, targetFrom } from '../../src/attack/target.ts';
import type { SessionPlan } from '../../src/plan/plan.ts';

const golden = (name: string): SessionPlan =>
  JSON.parse(readFileSync(`test/golden/plans/${name}.json`, 'utf8')) as SessionPlan;

describe('what a session is planned to be', () => {
  it('comes from its plan', () => {
    const target = targetFrom(golden('shell-offline-detached'), 'x64');
    expect(target).toMatchObject({ network: 'offline', preset: 'hardened', arch: 'x64' });
    expect(target.writable).toContain('/tmp');
    expect(target.writable).not.toContain('/');
  });

  it('has a writable root only where the preset has', () => {
    const plan = golden('shell-offline-detached');
    const sandbox = { ...plan.container.sandbox, readOnlyRoot: false };
    const target = targetFrom({ ...plan, container: { ...plan.container, sandbox } }, 'x64');
    expect(target.writable).toContain('/');
  });

  it('counts a limit of processes whoever enforces it', () => {
    const plan = golden('shell-offline-detached');
    const limits = {
      ...plan.container.sandbox.limits,
      pids: undefined,
      process: [{ name: 'nproc', value: 99 } as const],
    };
    const sandbox = { ...plan.container.sandbox, limits };
    const made = { ...plan, container: { ...plan.container, sandbox } };
    expect(targetFrom(made, 'x64').enforced).toMatchObject({ pids: 99, nproc: 99 });
  });
});

describe('the error of a ct that gave no plan', () => {
  it('is passed on as it was said', () => {
    const said = errorSaid('{"error":{"code":"invalid_argument","message":"no","hint":"do"}}\n');
    expect(said).toMatchObject({ code: 'invalid_argument', message: 'no', hint: 'do' });
  });

  it('is what was printed when that is no error of ct', () => {
    expect(errorSaid('Segmentation fault\n').message).toContain('Segmentation fault');
    expect(errorSaid('').code).toBe('failed_precondition');
  });
});
