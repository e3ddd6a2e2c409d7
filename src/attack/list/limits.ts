import type { Attempt } from '../attempt.ts';

const limit = { group: 'limits', stage: 'agent' } as const;

/** Resources. */
export const limitAttempts: readonly Attempt[] = [
  {
    ...limit,
    id: 'LIM-01',
    title: 'more processes than allowed',
    limit: 'pids',
    run: ['fork_many', '{pids}'],
    expect: 'EAGAIN',
    held: ['EAGAIN', 'ENOMEM'],
  },
  {
    ...limit,
    id: 'LIM-02',
    limit: 'nofile',
    title: 'open files without end',
    run: ['open_many', '{nofile}'],
    expect: 'EMFILE',
    held: ['EMFILE', 'ENFILE'],
  },
  {
    ...limit,
    id: 'LIM-03',
    title: "filling the host's memory by /run/ct",
    run: ['fill', '/run/ct', '4194304'],
    expect: 'full',
    held: ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT'],
  },
  {
    ...limit,
    id: 'LIM-04',
    title: "filling the host's memory by /run",
    run: ['fill', '/run', '134217728'],
    expect: 'full',
    held: ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT'],
  },
];
