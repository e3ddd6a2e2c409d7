// @ts-check
/**
 * A guest's root as a VM of its own: its own kernel, all controllers of control groups, and a reset in the
 * middle. qemu emulates the processor, since KVM is not to be had everywhere; so what can be made ready
 * natively is: the image of sessions, above all.
 */
import { chownSync, linkSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asAccount } from './account.mjs';
import { runInherited } from './exec.mjs';
import { inGuest } from './guest-enter.mjs';
import { keepStore, takeStore } from './guest-store.mjs';
import { readOr } from './host.mjs';
import { SetupError, say, step } from './say.mjs';
import { TEST_BASE } from './test-tree.mjs';
import { KEPT, ensureRootDisk, makeDisk } from './vm-disks.mjs';
import { DRIVES, SERIAL, VM_LIMIT_S, mergeReports, qemuCommand } from './vm-facts.mjs';
import { BOOTS, VM_SCRIPT, vmScript } from './vm-files.mjs';

/** Where the emulator finds its disks and leaves its words, in the guest's root that it runs in. */
const INSIDE = '/vm';

/** Nothing gentler ends a namespace, or a machine that hangs. */
const NO_INPUT = /** @type {const} */ ({ stdin: 'ignore', cwd: '/', endWith: 'SIGKILL' });

/**
 * @typedef {object} Guest
 * @property {string} root furnished, with the tree
 * @property {string} suite
 * @property {import('./account.mjs').Account} account
 * @property {string} node inside
 */

/**
 * Boots the guest twice and runs tests in each boot.
 * @param {Guest} guest
 * @param {string} work a directory for what is gone afterwards
 * @param {(file: string) => readonly string[]} testsIn the command for the tests of a file
 * @param {string} report where the tests' report is written inside, and the sum of both here
 * @returns {Promise<number>} 0, or another status when the VM did not come to its end
 */
export async function runInVm(guest, work, testsIn, report) {
  const { root, account } = guest;
  writeFileSync(join(root, VM_SCRIPT), vmScript(guest, testsIn, report));
  await prepareHome(guest);
  const drives = await step('make the disks of the VM', () => makeDisks(guest, work));
  const kept = await ensureRootDisk(root, account);
  const place = join(root, INSIDE);
  mkdirSync(place);
  for (const name of KEPT) linkSync(join(kept, name), join(place, name));
  for (const disk of drives) renameSync(disk, join(place, basename(disk)));
  const qemu = qemuCommand(INSIDE);
  const code = await step('run the VM', () => runInherited(bounded(guest, qemu), NO_INPUT));
  process.stdout.write(readOr(join(place, SERIAL[1]), ''));
  const merged = mergeReports(readOr(join(place, SERIAL[2]), ''), BOOTS.length);
  if (merged) writeFileSync(join(root, report), merged);
  if (!merged.includes('"failed":0')) showConsole(readOr(join(place, SERIAL[0]), ''), code);
  return merged ? 0 : code || 1;
}

/**
 * The command in the guest's root, which has an emulator of the right age, for so long at most.
 * @param {Guest} guest
 * @param {readonly string[]} argv
 */
function bounded({ root, account }, argv) {
  const limit = ['timeout', '--signal=KILL', String(VM_LIMIT_S)];
  return inGuest(root, account, [...limit, 'env', `TMPDIR=${INSIDE}`, ...argv]);
}

/**
 * What takes minutes under emulation and seconds here.
 * @param {Guest} guest
 */
async function prepareHome({ root, suite, account, node }) {
  takeStore(root, suite, account);
  const init = [node, `${TEST_BASE}/tree/dist/main.cjs`, 'sys', 'init', '-v'];
  const variables = { XDG_RUNTIME_DIR: `/run/user/${account.uid}` };
  const argv = inGuest(root, account, asAccount(account, TEST_BASE, init, variables));
  const code = await runInherited(argv, NO_INPUT);
  if (code === 0) return;
  const next = 'run it in a session of your own: ct sys init -v';
  throw new SetupError('could not make the image for the VM', `ct sys init: status ${code}`, next);
}

/**
 * The disks of the home and of the tree; their directories in the root are empty then.
 * @param {Guest} guest
 * @param {string} work
 */
async function makeDisks({ root, suite, account }, work) {
  const disks = [];
  for (const name of DRIVES.slice(1)) {
    const directory = join(root, TEST_BASE, name);
    disks.push(await makeDisk(name, directory, work, account));
    if (name === 'home') keepStore(root, suite);
    renameSync(directory, join(work, name));
    mkdirSync(directory, { mode: 0o755 });
    chownSync(directory, account.uid, account.gid);
  }
  return disks;
}

/**
 * @param {string} text
 * @param {number} code
 */
function showConsole(text, code) {
  const last = text.split('\n').slice(-40).join('\n');
  say(`the VM ended with status ${code}; the last lines of its console:\n${last}`);
}
