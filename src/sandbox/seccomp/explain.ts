import type { OciRule, OciSeccomp } from './compile.ts';

/**
 * The same filter for a session that explains its denials: what would be refused with an error number
 * goes to the tracer with that number, and the tracer refuses in the filter's place and takes notes.
 * Without a tracer the kernel refuses such calls with ENOSYS, so nothing that was closed is open.
 *
 * Source: seccomp(2), SECCOMP_RET_TRACE
 */
export function explained(filter: OciSeccomp): OciSeccomp {
  return {
    ...filter,
    defaultAction: traced(filter.defaultAction),
    syscalls: filter.syscalls.map((rule): OciRule => ({ ...rule, action: traced(rule.action) })),
  };
}

function traced(action: string): string {
  return action === 'SCMP_ACT_ERRNO' ? 'SCMP_ACT_TRACE' : action;
}
