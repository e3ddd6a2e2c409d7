import { spawnSync } from 'node:child_process';
import { handOverBase } from './support/containerd-image.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';

/**
 * Prepares the host once for all integration suites: a runtime directory of its own, so that nobody's
 * real sessions are met, then what `ct sys init` makes. At the end the engine that ct started here is
 * ended, by pid, and the directory goes.
 */
export default async function setup(): Promise<() => void> {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) {
    throw new Error(
      "the integration suite runs as an ordinary account: use 'npm test integration'",
    );
  }
  // Not by pid alone: a run in another pid namespace, which was killed, may have left the same name.
  const runtime = mkdtempSync(`/dev/shm/ct-test-${uid}-`);
  process.env['XDG_RUNTIME_DIR'] = runtime;
  process.env['CT_TEST_BIN'] ??= new URL('../../dist/main.cjs', import.meta.url).pathname;
  if (process.env['CT_ENGINE'] === 'containerd') await handOverBase();
  const done = spawnSync(process.execPath, [process.env['CT_TEST_BIN'], 'sys', 'init', '-v'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (done.status !== 0) {
    endProcessesOf(runtime);
    throw new Error(`'ct sys init' failed with exit status ${done.status}`);
  }
  return () => {
    // A failed test may have left sessions; their mounts would keep the directory busy.
    spawnSync(process.execPath, [
      process.env['CT_TEST_BIN'] ?? '',
      'stop',
      '--all',
      '--timeout',
      '0s',
    ]);
    endProcessesOf(runtime);
    // Files of subordinate uids lie in there: removed inside the user namespace that owns them.
    spawnSync('podman', ['unshare', 'rm', '-rf', runtime], { stdio: 'ignore' });
    rmSync(runtime, { recursive: true, force: true });
    // That too has made a namespace, and somebody who holds it.
    endProcessesOf(runtime);
  };
}

function endProcessesOf(runtime: string): void {
  for (const pid of processesOf(runtime)) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** Engine processes that were started with our runtime directory, and what holds their namespace. */
function processesOf(runtime: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (words[0] === 'catatonit' && words[1] === '-P') {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(
            `XDG_RUNTIME_DIR=${runtime}\0`,
          );
        }
        // The script that rootlesskit started ends containerd, and then so does rootlesskit.
        const isEngine =
          words[0]?.endsWith('podman') === true ||
          (words[0] === '/bin/sh' && words[1]?.endsWith('/containerd-child.sh') === true);
        return isEngine && words.some((word) => word.includes(runtime));
      } catch {
        return false;
      }
    });
}
