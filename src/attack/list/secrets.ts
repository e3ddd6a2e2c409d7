import type { Attempt } from '../attempt.ts';

const secret = {
  group: 'secrets',
  stage: 'agent',
  expect: 'not found',
  held: ['not found'],
} as const;

/** Secrets of the host's environment, and other processes. */
export const secretAttempts: readonly Attempt[] = [
  {
    ...secret,
    id: 'LEAK-06.1',
    title: "tokens of the host's environment",
    run: ['needle', '{needle}', '/proc/self/environ'],
  },
  {
    ...secret,
    id: 'LEAK-07',
    title: 'the same, by ct exec',
    stage: 'exec',
    run: ['needle', '{needle}', '/proc/self/environ'],
  },
  {
    ...secret,
    id: 'LEAK-06.2',
    title: 'variables that carry tokens or agents',
    run: [
      'environment',
      ...['GH_TOKEN', 'SSH_AUTH_SOCK', 'AWS_SECRET_ACCESS_KEY', 'CT_ATTACK_API_KEY'],
      ...[
        'DBUS_SESSION_BUS_ADDRESS',
        'DISPLAY',
        'WAYLAND_DISPLAY',
        'CONTAINER_HOST',
        'DOCKER_HOST',
      ],
    ],
    expect: 'absent',
    held: ['absent'],
  },
  {
    ...secret,
    id: 'LEAK-08',
    title: 'granted secrets that were not granted',
    run: ['masked', '/run/secrets'],
    expect: 'hidden',
    held: ['hidden'],
  },
  {
    ...secret,
    id: 'ESC-13',
    title: "variables of the engine's own environment",
    cve: ['CVE-2026-57231'],
    run: [
      'environment',
      'LISTEN_FDS',
      'NOTIFY_SOCKET',
      'XDG_RUNTIME_DIR',
      '_CONTAINERS_USERNS_CONFIGURED',
    ],
    expect: 'absent',
    held: ['absent'],
  },
  {
    ...secret,
    id: 'ESC-21',
    title: 'variables that hijack programs',
    run: [
      'environment',
      'LD_PRELOAD',
      'NODE_OPTIONS',
      'BASH_ENV',
      'ENV',
      'PERL5LIB',
      'PYTHONSTARTUP',
      'GIT_SSH_COMMAND',
    ],
    expect: 'absent',
    held: ['absent'],
  },
  { ...secret, id: 'LEAK-27', title: "the host's name", run: ['host_name', '{hostName}'] },
  {
    ...secret,
    id: 'LEAK-05.1',
    title: 'processes of the host or other sessions',
    run: ['processes'],
    expect: 'only its own',
    held: ['only its own'],
  },
  {
    ...secret,
    id: 'LEAK-05.2',
    title: 'tokens in what ct says',
    stage: 'outside',
    run: ['speech'],
  },
  {
    ...secret,
    id: 'LEAK-14',
    limit: 'core',
    title: 'core files that show memory',
    run: ['limit', 'Max core file size', '0'],
    expect: 'bounded',
    held: ['bounded'],
  },
];
