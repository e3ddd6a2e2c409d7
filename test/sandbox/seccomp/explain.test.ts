import { describe, expect, it } from 'vitest';
import { filterOf } from '../../../src/sandbox/seccomp/catalogue.ts';
import { explained } from '../../../src/sandbox/seccomp/explain.ts';
import { policyNamed, table } from './support.ts';

describe('a filter that explains', () => {
  const { filter } = filterOf(policyNamed('strict'), 'aarch64', table);
  const made = explained(filter);

  it('lets exactly the same through', () => {
    const allowed = (one: typeof filter) =>
      one.syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW');
    expect(allowed(made)).toEqual(allowed(filter));
    expect(made.architectures).toEqual(filter.architectures);
  });

  it('hands every refusal to the tracer with the number that it would have answered', () => {
    expect(made.defaultAction).toBe('SCMP_ACT_TRACE');
    expect(made.defaultErrnoRet).toBe(38);
    expect(JSON.stringify(made)).not.toContain('SCMP_ACT_ERRNO');
    expect(made.syscalls.map(({ errnoRet }) => errnoRet)).toEqual(
      filter.syscalls.map(({ errnoRet }) => errnoRet),
    );
  });
});
