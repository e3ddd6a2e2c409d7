import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, SECTIONS } from '../../../src/config/schema.ts';
import { ARCHES } from '../../../src/sandbox/seccomp/calls.ts';
import { filterOf } from '../../../src/sandbox/seccomp/catalogue.ts';
import { PROFILE_DIGESTS } from '../../../src/sandbox/seccomp/digests.ts';
import { lintProfile } from '../../../src/sandbox/seccomp/lint.ts';
import { outcomeText } from '../../../src/sandbox/seccomp/answers.ts';
import { decide } from '../../../src/sandbox/seccomp/policy.ts';
import { shapeFaults } from '../../../src/sandbox/seccomp/profile.ts';
import { PROFILE_NAMES, UNCONFINED } from '../../../src/sandbox/seccomp/use.ts';
import { policyNamed, profileNamed, table } from './support.ts';

function answer(profile: string, call: string, ...args: readonly number[]): string {
  return outcomeText(decide(policyNamed(profile), call, args.map(BigInt)).outcome);
}

describe.each(PROFILE_NAMES)('the profile %s', (name) => {
  it('is free of faults, and every rule has a reason', () => {
    const profile = profileNamed(name);
    expect(shapeFaults(profile)).toEqual([]);
    expect(lintProfile(profile, profileNamed, table)).toEqual([]);
    for (const { reason } of profile.rules) expect(reason.length).toBeGreaterThan(7);
  });

  it.each(ARCHES)('compiles for %s to the filter that is written down', async (arch) => {
    const made = filterOf(policyNamed(name), arch, table);
    expect(made.digest).toBe(PROFILE_DIGESTS[name][arch]);
    const lines = made.filter.syscalls.map((rule) => JSON.stringify(rule)).join('\n');
    const { defaultAction, defaultErrnoRet, architectures } = made.filter;
    const head = JSON.stringify({ defaultAction, defaultErrnoRet, architectures });
    const golden = `../../golden/seccomp/${name}.${arch}.txt`;
    await expect(`${head}\n${lines}\n`).toMatchFileSnapshot(golden);
  });

  it('lets in the calls of one processor mode only, by exact or masked equality', () => {
    const { filter } = filterOf(policyNamed(name), 'x86_64', table);
    expect(filter.architectures).toEqual(['SCMP_ARCH_X86_64']);
    for (const { args = [] } of filter.syscalls) {
      for (const { op, value } of args) {
        expect(op).toBe('SCMP_CMP_MASKED_EQ');
        expect(value).toBeLessThan(2 ** 32);
      }
      expect(new Set(args.map(({ index }) => index)).size).toBe(args.length);
    }
  });

  it('never opens what no program of ours needs', () => {
    for (const call of ['bpf', 'keyctl', 'add_key', 'userfaultfd', 'open_by_handle_at']) {
      expect(answer(name, call), call).toBe('EPERM');
    }
    for (const call of ['io_uring_setup', 'clone3', 'fsopen', 'move_mount', 'mount_setattr']) {
      expect(answer(name, call), call).toBe('ENOSYS');
    }
    for (const family of [3, 17, 21, 33, 38, 40, 44]) {
      expect(answer(name, 'socket', family, 1, 0), String(family)).toBe('EAFNOSUPPORT');
    }
    expect(answer(name, 'socket', 2, 1, 132)).toBe('EPROTONOSUPPORT');
    expect(answer(name, 'socket', 2, 5, 0)).toBe('ESOCKTNOSUPPORT');
    expect(answer(name, 'socket', 2, 3, 255)).toBe('EPERM');
    expect(answer(name, 'socket', 16, 3, 12)).toBe('EPROTONOSUPPORT');
    expect(answer(name, 'setsockopt', 3, 6, 31)).toBe('ENOPROTOOPT');
    for (const request of [0x5412, 0x541c, 0x5423]) {
      expect(answer(name, 'ioctl', 0, request)).toBe('EPERM');
    }
    expect(answer(name, 'mknodat', 0, 0, 0o020000)).toBe('EPERM');
  });

  it('keeps open what programs put themselves into sandboxes with, and plain life', () => {
    for (const call of ['seccomp', 'prctl', 'landlock_restrict_self', 'execve', 'openat2']) {
      expect(answer(name, call), call).toBe('allowed');
    }
    expect(answer(name, 'clone', 0x003d0f00)).toBe('allowed');
    expect(answer(name, 'socket', 10, 0x80002, 17)).toBe('allowed');
    expect(answer(name, 'ioctl', 0, 0x5413)).toBe('allowed');
    expect(answer(name, 'mknodat', 0, 0, 0o010600)).toBe('allowed');
  });
});

describe('what tells the profiles apart', () => {
  it.each([
    ['splice', [], ['EINVAL', 'allowed', 'allowed', 'allowed', 'allowed']],
    ['clone', [0x10000000], ['EPERM', 'EPERM', 'allowed', 'allowed', 'EPERM']],
    ['clone', [0x00020000], ['EPERM', 'EPERM', 'EPERM', 'allowed', 'EPERM']],
    ['unshare', [0x10000000], ['EPERM', 'EPERM', 'allowed', 'allowed', 'EPERM']],
    ['unshare', [0x400], ['allowed', 'allowed', 'allowed', 'allowed', 'allowed']],
    ['mount', [], ['EPERM', 'EPERM', 'EPERM', 'allowed', 'EPERM']],
    ['chroot', [], ['EPERM', 'EPERM', 'allowed', 'allowed', 'EPERM']],
    ['ptrace', [], ['EPERM', 'EPERM', 'EPERM', 'EPERM', 'allowed']],
    ['perf_event_open', [], ['EPERM', 'EPERM', 'EPERM', 'EPERM', 'allowed']],
    ['personality', [0x40000], ['EPERM', 'EPERM', 'EPERM', 'EPERM', 'allowed']],
    ['shmget', [], ['ENOSYS', 'allowed', 'allowed', 'allowed', 'allowed']],
  ] as const)('is %s %j', (call, args, answers) => {
    expect(PROFILE_NAMES.map((name) => answer(name, call, ...args))).toEqual(answers);
  });

  it('is known to the configuration by the same names', () => {
    expect(SECTIONS['sandbox']?.keys['seccomp']).toMatchObject({
      names: [...PROFILE_NAMES, UNCONFINED],
    });
    expect(DEFAULT_CONFIG.sandbox.seccomp).toBe('');
  });
});
