import { REFUSED, type Attempt } from '../attempt.ts';

const right = { group: 'privilege', stage: 'agent', expect: 'refused', held: REFUSED } as const;
const planned = { ...right, expect: 'as planned', held: ['as planned'] } as const;
const NO_CAPABILITIES = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(
  (set) => `${set}=0000000000000000`,
);

/** More rights than given. */
export const privilegeAttempts: readonly Attempt[] = [
  {
    ...planned,
    id: 'ESC-12.1',
    title: 'capabilities of the agent',
    cve: ['CVE-2022-27649', 'CVE-2022-24769'],
    run: ['status', 'self', ...NO_CAPABILITIES],
  },
  {
    ...planned,
    id: 'ESC-12.2',
    title: 'capabilities of a program by ct exec',
    cve: ['CVE-2022-27650'],
    stage: 'exec',
    run: ['status', 'self', ...NO_CAPABILITIES],
  },
  {
    ...planned,
    id: 'SEC-20.1',
    title: 'running without filter or no_new_privs',
    run: ['status', 'self', 'Seccomp=2', 'NoNewPrivs=1'],
  },
  {
    ...planned,
    id: 'SEC-20.2',
    title: 'the same, by ct exec',
    stage: 'exec',
    run: ['status', 'self', 'Seccomp=2', 'NoNewPrivs=1'],
  },
  {
    ...planned,
    id: 'SEC-20.3',
    title: 'the init, without filter or with rights',
    run: ['status', '1', 'Seccomp=2', 'NoNewPrivs=1', ...NO_CAPABILITIES],
  },
  {
    ...right,
    id: 'ESC-30.1',
    title: 'set-user-id programs of the image',
    cve: ['CVE-2021-4034', 'CVE-2021-3156'],
    run: ['setuid_programs'],
    expect: 'no gain',
    held: ['no gain', 'none there'],
  },
  {
    ...right,
    id: 'ESC-30.2',
    title: 'set-user-id programs, by ct exec',
    cve: ['CVE-2021-4034'],
    stage: 'exec',
    run: ['setuid_programs'],
    expect: 'no gain',
    held: ['no gain', 'none there'],
  },
  {
    ...right,
    id: 'ESC-30.3',
    title: 'programs with file capabilities',
    run: ['file_capabilities'],
    expect: 'no gain',
    held: ['no gain', 'none there'],
  },
  {
    ...right,
    id: 'ESC-30.4',
    title: 'becoming root or joining groups',
    run: ['become_root'],
    held: [...REFUSED, 'EINVAL'],
  },
  { ...right, id: 'ESC-30.5', title: 'taking capabilities back', run: ['take_capabilities'] },
  {
    ...right,
    id: 'ESC-30.6',
    title: 'unsetting no_new_privs',
    run: ['unset_no_new_privs'],
    held: [...REFUSED, 'EINVAL'],
  },
  { ...right, id: 'ESC-30.7', title: 'more processor, less OOM killer', run: ['schedule'] },
  {
    ...planned,
    id: 'ESC-30.8',
    title: 'ids that are those of the host',
    stage: 'outside',
    run: ['identity'],
  },
];
