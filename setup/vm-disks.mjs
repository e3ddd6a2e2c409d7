// @ts-check
/** The disks of the VM: its root is kept between runs, its home and the tree are made for each. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runLogged } from './exec.mjs';
import { inGuest } from './guest-enter.mjs';
import { CACHE } from './guest-root.mjs';
import { say, step } from './say.mjs';
import { TEST_BASE } from './test-tree.mjs';
import { DRIVES, VM_PACKAGES, rootDiskName } from './vm-facts.mjs';
import { EARLY_FILES, ROOT_LINKS, rootFiles } from './vm-files.mjs';
import { labelRoot } from './vm-selinux.mjs';

/** What is in the cache. */
export const KEPT = ['root.img', 'vmlinuz', 'initrd.img'];

/** Sizes of the disks; files with holes, so only what is used takes space. */
const SIZES = { root: '6G', home: '8G', tree: '2G' };

/**
 * The root disk with its kernel, from the cache; made when it is missing or its recipe has changed. What
 * is in the guest's home and tree must be elsewhere meanwhile.
 * @param {string} root a working copy of a guest's root
 * @param {import('./account.mjs').Account} account
 * @returns {Promise<string>} the directory of {@link KEPT}
 */
export async function ensureRootDisk(root, account) {
  const files = rootFiles(account);
  const kept = join(CACHE, rootDiskName({ ...files, ...EARLY_FILES, ...ROOT_LINKS }));
  if (existsSync(kept)) {
    say(`• root disk of the VM: cached (${kept})`);
    return kept;
  }
  const part = `${kept}.part-${process.pid}`;
  mkdirSync(part, { recursive: true, mode: 0o755 });
  try {
    await step('install a kernel for the VM', () => installKernel(root, account));
    layDown(root, files);
    for (const [path, target] of Object.entries(ROOT_LINKS)) link(join(root, path), target);
    await step('label the root of the VM for SELinux', () => labelRoot(root));
    for (const name of KEPT.slice(1)) copyFileSync(newest(root, name), join(part, name));
    await step('make the root disk of the VM', () => makeDisk('root', root, part));
    for (const old of readdirSync(CACHE).filter((name) => /^vm-[0-9a-f]{12}$/.test(name))) {
      rmSync(join(CACHE, old), { recursive: true });
    }
    renameSync(part, kept);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return kept;
}

/**
 * Makes one disk out of a directory.
 * @param {typeof DRIVES[number]} name
 * @param {string} directory
 * @param {string} into the directory that gets `NAME.img`
 * @param {import('./account.mjs').Account} [owner] of the top, when it isn't root
 * @returns {Promise<string>} the disk
 */
export async function makeDisk(name, directory, into, owner) {
  const disk = join(into, `${name}.img`);
  const top = owner ? ['-E', `root_owner=${owner.uid}:${owner.gid}`] : [];
  const argv = ['mke2fs', '-q', '-F', '-t', 'ext4', '-L', name, ...top, '-d', directory, disk];
  const { PATH = '' } = process.env;
  // Where an ordinary PATH does not lead.
  const env = { ...process.env, PATH: `${PATH}:/usr/sbin:/sbin` };
  await runLogged(`could not make the disk ${name}`, [...argv, SIZES[name]], { env });
  return disk;
}

/**
 * @param {string} root
 * @param {import('./account.mjs').Account} account
 */
async function installKernel(root, account) {
  layDown(root, EARLY_FILES);
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  const install = [
    'install',
    '-y',
    '--no-install-recommends',
    '-o',
    'Dpkg::Options::=--force-confold',
  ];
  for (const words of [['update'], [...install, ...VM_PACKAGES], ['clean']]) {
    const argv = inGuest(root, account, [...quiet, 'apt-get', ...words]);
    await runLogged('could not install a kernel for the VM', argv, {
      cwd: '/',
      next: 'check that the Debian mirror of this machine can be reached, then: npm run test:vm',
    });
  }
}

/**
 * @param {string} root
 * @param {Readonly<Record<string, string>>} files
 */
function layDown(root, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, TEST_BASE, 'home'), { recursive: true });
  mkdirSync(join(root, TEST_BASE, 'tree'), { recursive: true });
}

/**
 * @param {string} path
 * @param {string} target
 */
function link(path, target) {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/**
 * @param {string} root
 * @param {string} name `vmlinuz` or `initrd.img`
 */
function newest(root, name) {
  const found = readdirSync(join(root, 'boot')).filter((file) => file.startsWith(`${name}-`));
  return join(root, 'boot', found.sort().pop() ?? name);
}
