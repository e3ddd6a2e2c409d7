// @ts-check
/**
 * Installs the `ct` command. Each build goes to a directory named after its content, and the link in
 * the bin directory is swapped in one step: a session that runs on meanwhile keeps its own files.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { asAccount } from './account.mjs';
import { isPlain, withNode } from './launcher.mjs';
import { checkOurs, hintPath, pointTo } from './link.mjs';
import { run } from './exec.mjs';
import { ROOT } from './project.mjs';
import { SetupError, say } from './say.mjs';
import { ensureSnapshot, snapshotOf, wantsSnapshot } from './snapshot.mjs';

const KEPT = 3;

/**
 * @param {import('./host.mjs').Host} host
 * @param {import('./account.mjs').Account} account
 * @param {object} [where]
 * @param {string} [where.prefix] below it are `bin` and `lib`
 * @param {boolean} [where.hasSnapshot] whether it starts from a snapshot; with a Node that has none unless said
 * @returns {Promise<string>} the path of the command
 */
export async function installCommand(
  host,
  account,
  { prefix = usualPrefix(host, account), hasSnapshot = wantsSnapshot() } = {},
) {
  const node = await usableNode(account);
  const library = join(prefix, 'lib/ct');
  const command = join(prefix, 'bin/ct');
  checkOurs(command, library);
  const files = publishedParts().flatMap((part) => filesBelow(part));
  const version = join(library, contentHash(files, `${node}\0${hasSnapshot}`));
  const isNew = !fs.existsSync(version);
  const snapshot = hasSnapshot ? snapshotOf(version) : undefined;
  if (isNew) layDown(files, version, (text) => withNode(text, node, snapshot));
  if (snapshot !== undefined) await ensureSnapshot(version, node, snapshot);
  pointTo(command, join(version, 'dist/main.cjs'));
  dropOld(library, version);
  say(`• ct command: ${command} ${isNew ? `→ ${version}` : 'is this build already'}`);
  if (host.privilege !== 'root') hintPath(dirname(command));
  return command;
}

/**
 * What npm would publish: whoever has the command has all that it reads.
 * @returns {string[]}
 */
function publishedParts() {
  const { files } = JSON.parse(fs.readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return ['package.json', ...files];
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {import('./account.mjs').Account} account
 */
function usualPrefix(host, account) {
  return host.privilege === 'root' ? '/usr/local' : join(account.home, '.local');
}

/**
 * This Node's real path, if the account may run it.
 * @param {import('./account.mjs').Account} account
 */
async function usableNode(account) {
  const node = fs.realpathSync(process.execPath);
  const { code, stderr } = await run(asAccount(account, '/', [node, '--version']));
  if (code === 0 && isPlain(node)) return node;
  throw new SetupError(
    `the account ${account.name} can't use this Node`,
    code === 0
      ? `its path has characters that mean something to a shell: ${node}`
      : `${node}: ${stderr.trim()}`,
    'install Node where every account can run it (for example below /usr/local), then: npm start',
  );
}

/**
 * The files below a part of the checkout, as sorted paths relative to its root.
 * @param {string} part
 * @returns {string[]}
 */
function filesBelow(part) {
  const found = fs.statSync(join(ROOT, part), { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [part];
  return fs
    .readdirSync(join(ROOT, part))
    .sort()
    .flatMap((name) => filesBelow(join(part, name)));
}

/**
 * @param {readonly string[]} files
 * @param {string} about what else makes it another version
 */
function contentHash(files, about) {
  const hash = createHash('sha256').update(about);
  for (const file of files) hash.update(`\0${file}\0`).update(fs.readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Copies the files to a sibling, then renames it, so that a version is there whole or not at all.
 * @param {readonly string[]} files
 * @param {string} version
 * @param {(text: string) => string} started gives the program its first lines
 */
function layDown(files, version, started) {
  const part = `${version}.part-${process.pid}`;
  fs.rmSync(part, { recursive: true, force: true });
  for (const file of files) {
    const target = join(part, file);
    fs.mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    fs.copyFileSync(join(ROOT, file), target);
    fs.chmodSync(target, 0o644);
  }
  const main = join(part, 'dist/main.cjs');
  fs.writeFileSync(main, started(fs.readFileSync(main, 'utf8')));
  fs.chmodSync(main, 0o755);
  fs.renameSync(part, version);
}

/**
 * Removes all but the newest few versions; sessions may still run from those.
 * @param {string} library
 * @param {string} current
 */
function dropOld(library, current) {
  const versions = fs.readdirSync(library).map((name) => join(library, name));
  const age = (/** @type {string} */ path) => fs.statSync(path).mtimeMs;
  const others = versions.filter((path) => path !== current && !path.includes('.part-'));
  for (const path of others.sort((a, b) => age(b) - age(a)).slice(KEPT - 1)) {
    fs.rmSync(path, { recursive: true, force: true });
  }
}
