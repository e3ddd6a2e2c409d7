import { NO_SOCKET, REFUSED, UNREACHABLE, type Attempt } from '../attempt.ts';

const reach = { group: 'reach', stage: 'agent', expect: 'nobody', held: UNREACHABLE } as const;

/** Networks and sockets. Nothing here sends a packet to an address that is not the host's own. */
export const reachAttempts: readonly Attempt[] = [
  {
    ...reach,
    id: 'ESC-23.1',
    title: "services of the host's loopback",
    cve: ['CVE-2020-15257'],
    run: ['connect', '{port}', '127.0.0.1', '::1', 'alias'],
  },
  {
    ...reach,
    id: 'ESC-23.2',
    title: "services at the host's own addresses",
    run: ['connect', '{port}', '{hostAddresses}'],
  },
  {
    ...reach,
    id: 'ESC-23.3',
    title: 'who came to these services',
    stage: 'outside',
    run: ['visitors'],
    expect: 'nobody',
    held: ['nobody'],
  },
  {
    ...reach,
    id: 'ESC-19.1',
    title: 'an abstract socket of the host',
    cve: ['CVE-2020-15257'],
    run: ['abstract', '{abstractName}'],
  },
  {
    ...reach,
    id: 'ESC-19.2',
    title: "names of the host's abstract sockets",
    cve: ['CVE-2020-15257'],
    run: ['abstract_names'],
    expect: 'none',
    held: ['none'],
  },
  {
    ...reach,
    id: 'NET-01',
    title: 'interfaces beside loopback',
    networks: ['offline', 'strict'],
    run: ['interfaces'],
    expect: 'loopback only',
    held: ['loopback only'],
  },
  {
    ...reach,
    id: 'NET-02',
    title: 'routes that leave (metadata, LAN, world)',
    networks: ['offline', 'strict'],
    run: ['routes'],
    expect: 'none',
    held: ['none'],
  },
  {
    ...reach,
    id: 'NET-03',
    title: 'names that resolve though not allowed',
    networks: ['offline', 'strict'],
    run: ['resolve', 'ct-attack.invalid'],
    expect: 'no answer',
    held: ['no answer'],
  },
  {
    ...reach,
    id: 'NET-04',
    title: 'changing interfaces, addresses, marks',
    run: ['network_admin'],
    expect: 'refused',
    held: [...REFUSED, ...NO_SOCKET],
  },
  {
    ...reach,
    id: 'NET-05',
    title: "namespaces that are the host's",
    stage: 'outside',
    run: ['namespaces'],
    expect: 'all its own',
    held: ['all its own'],
  },
];
