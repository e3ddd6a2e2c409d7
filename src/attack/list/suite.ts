import type { Attempt } from '../attempt.ts';

const images = {
  group: 'runtime',
  stage: 'suite',
  run: ['test/integration/attack-images.test.ts'],
  expect: 'nothing gained',
  held: [],
} as const;
const beside = { ...images, run: ['test/integration/attack-beside.test.ts'] } as const;

/**
 * What takes a hostile image or a second container: tried by the suite, named here so that one list has
 * all of them. A test in test/attack/list.test.ts looks for each id in the file that it names.
 */
export const suiteAttempts: readonly Attempt[] = [
  {
    ...images,
    id: 'ESC-02.7',
    title: 'WORKDIR at a descriptor of the runtime',
    cve: ['CVE-2024-21626'],
  },
  {
    ...images,
    id: 'ESC-03.1',
    title: '/proc, /sys, /run, /tmp, /etc as links',
    cve: ['CVE-2021-30465', 'CVE-2023-27561', 'CVE-2019-19921', 'CVE-2026-41579', 'CVE-2026-47766'],
  },
  {
    ...images,
    id: 'ESC-07',
    title: '/dev as a link in a base image',
    cve: ['CVE-2026-41579', 'CVE-2026-47766'],
  },
  {
    ...beside,
    id: 'ESC-03.2',
    title: 'links that are swapped while sessions start',
    cve: ['CVE-2021-30465', 'CVE-2025-52565'],
  },
  {
    ...images,
    id: 'ESC-04',
    title: '/dev/null replaced under the masks',
    cve: ['CVE-2025-31133', 'CVE-2025-52881'],
  },
  { ...images, id: 'ESC-13.2', title: 'malformed ENV of an image', cve: ['CVE-2026-57231'] },
  { ...images, id: 'ESC-14', title: 'WORKDIR behind a link to the host', cve: ['CVE-2026-55686'] },
  {
    ...images,
    id: 'ESC-16',
    title: 'a giant as /etc/passwd',
    cve: ['CVE-2024-1753', 'CVE-2024-9407'],
  },
  {
    ...images,
    id: 'ESC-18',
    title: 'labels and annotations that give orders',
    cve: ['CVE-2026-53488', 'CVE-2022-23648'],
  },
  {
    ...images,
    id: 'ESC-20',
    title: 'ENTRYPOINT, CMD, USER, VOLUME, HEALTHCHECK',
    cve: ['CVE-2021-21284'],
  },
  { ...images, id: 'ESC-21.2', title: 'LD_PRELOAD and friends in an image' },
  {
    ...beside,
    id: 'ESC-01.6',
    title: 'ct exec into a session that waits for it',
    cve: ['CVE-2019-5736'],
  },
  {
    ...beside,
    id: 'ESC-34',
    title: 'another session: files, processes, memory',
    cve: ['CVE-2020-15257'],
  },
  { ...beside, id: 'WS-18', title: 'hostile names in what ct prints', cve: ['CVE-2021-42574'] },
];
