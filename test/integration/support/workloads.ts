import { createHash } from 'node:crypto';
import type { Engine } from '../../../src/engine/engine.ts';
import { packFiles } from '../../../src/host/tar.ts';
import { LENT } from '../../../src/plan/install.ts';
import { makeSeccomp } from '../../../src/session/make-seccomp.ts';
import type { BuildTools } from '../../../src/session/make-image.ts';
import { aptFiles } from '../../../src/session/obtain-base.ts';
import { ensureSeccomp, seccompDir } from '../../../src/session/seccomp.ts';
import { containerSpec, exitOf, outputOf, testPaths } from './engine-fixture.ts';
import { testImage } from './image.ts';

/** Programs that people use in sessions and that the image of sessions does not have. */
const PACKAGES = [
  ...['gcc', 'libc6-dev', 'make', 'python3', 'strace', 'gdb', 'bubblewrap'],
  'chromium-headless-shell',
];

const CONTAINERFILE = `ARG BASE
FROM \${BASE}
ARG PACKAGES
RUN --mount=type=bind,target=${LENT} export DEBIAN_FRONTEND=noninteractive; \\
    if [ -f ${LENT}/apt.conf ]; then export APT_CONFIG=${LENT}/apt.conf; fi; \\
    apt-get update && apt-get install --yes --no-install-recommends \${PACKAGES} && \\
    apt-get clean && rm -rf /var/lib/apt/lists/*
`;

/**
 * An image with these programs on top of the one of sessions, built once and then found again by its
 * name, also by later test runs of the account. apt hears of the host's mirrors as ct's own build does.
 */
export async function workloadImage(engine: Engine): Promise<string> {
  const base = await testImage();
  const digest = createHash('sha256').update(JSON.stringify([base, PACKAGES, CONTAINERFILE]));
  const reference = `localhost/ct/test-workloads:${digest.digest('hex').slice(0, 16)}`;
  if ((await engine.images.inspect(reference)) !== undefined) return reference;
  const tools = { context: { env: process.env, paths: testPaths() } } as unknown as BuildTools;
  const files = { Containerfile: CONTAINERFILE, ...(await aptFiles(tools, LENT)) };
  const args = { BASE: base, PACKAGES: PACKAGES.join(' ') };
  const build = { context: packFiles(files), containerfile: 'Containerfile', reference, args };
  await engine.images.build({ ...build, labels: { 'ct.test-image': 'workloads' } }, {});
  await engine.images.prepare(reference, USERNS, { labels: {} });
  return reference;
}

const USERNS = { kind: 'keep-id', uid: 1000, gid: 1000 } as const;

/** How a script ended in a container that is isolated as a session is, under a profile of ct's. */
export async function runUnder(
  profile: string,
  script: string,
  { engine, image }: { readonly engine: Engine; readonly image: string },
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const { use } = makeSeccomp(profile, false, seccompDir(testPaths()));
  await ensureSeccomp(use);
  const spec = containerSpec(image, ['/bin/bash', '-c', script], {
    seccomp: use,
    stdin: false,
    cwd: '/tmp',
    mounts: [
      { kind: 'tmpfs', target: '/tmp', sizeBytes: 2 ** 29, modeOctal: 0o1777, exec: true },
      { kind: 'tmpfs', target: '/run', sizeBytes: 2 ** 20, modeOctal: 0o1777, exec: false },
    ],
  });
  const { id } = await engine.create(spec);
  try {
    await engine.init(id);
    const streams = await engine.attach(id, { stdin: false, terminal: false });
    await engine.start(id);
    const output = await outputOf(streams);
    return { ...output, status: await exitOf(engine, id) };
  } finally {
    await engine.remove(id);
  }
}
