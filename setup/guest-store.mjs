// @ts-check
/**
 * The engine's store that the tests on a guest made, kept for the next who needs a ready image there:
 * the booted guest has better things to test than a minute of building one.
 */
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CACHE } from './guest-root.mjs';
import { TEST_BASE } from './test-tree.mjs';

const STORE = `${TEST_BASE}/home/.local/share/containers/storage`;

/** What holds images. The rest (containers, volumes, where sockets were) belongs to the run that is over. */
const IMAGE_PARTS = /^(overlay|overlay-images|overlay-layers|storage\.lock|defaultNetworkBackend)$/;

/** @param {string} suite */
const keptStore = (suite) => join(CACHE, `store-${suite}`);

/**
 * Moves a guest's store out before the guest goes, in place of an older one.
 * @param {string} root
 * @param {string} suite
 */
export function keepStore(root, suite) {
  const store = join(root, STORE);
  if (!existsSync(join(store, 'overlay-images'))) return;
  for (const name of readdirSync(store)) {
    if (!IMAGE_PARTS.test(name)) rmSync(join(store, name), { recursive: true, force: true });
  }
  const kept = keptStore(suite);
  rmSync(kept, { recursive: true, force: true });
  renameSync(store, kept);
}

/**
 * Moves a kept store into a guest, which then has it alone.
 * @param {string} root
 * @param {string} suite
 * @param {import('./account.mjs').Account} account
 */
export function takeStore(root, suite, account) {
  const kept = keptStore(suite);
  if (!existsSync(kept)) return;
  let directory = join(root, account.home);
  for (const name of dirname(STORE)
    .slice(account.home.length + 1)
    .split('/')) {
    directory = join(directory, name);
    if (existsSync(directory)) continue;
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, account.uid, account.gid);
  }
  renameSync(kept, join(root, STORE));
}
