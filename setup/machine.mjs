// @ts-check
/** The set-up that `npm start` and `npm test` share: a machine on which rootless Podman works. */
import { ensureAccount, lookUp, ownAccount, planAccount } from './account.mjs';
import { installPackages, missingPackages, planPackages } from './apt.mjs';
import { applyChanges, requirePrivilege } from './change.mjs';
import { planDevices } from './devices.mjs';
import { checkNode, probeHost } from './host.mjs';
import { planLocalhost } from './localhost.mjs';
import { ensureRuntimeDir } from './runtime-dir.mjs';
import { say } from './say.mjs';
import { ensureStorage } from './storage.mjs';
import { planSubids } from './subids.mjs';

/**
 * @typedef {object} Wish
 * @property {readonly string[]} packages Debian packages that must be there
 * @property {string} account the account that root runs sessions as
 * @property {readonly string[]} [useraddOptions]
 * @property {string} [homeApart] an ordinary caller's home for this, when it isn't his own
 */

/**
 * Says what will change, changes it, and gives what the rest needs. A second call changes nothing.
 * @param {Wish} wish
 */
export async function prepareMachine(wish) {
  const { packages, account: name, useraddOptions, homeApart } = wish;
  checkNode(process.versions.node);
  const host = await probeHost();
  const install = planPackages(await missingPackages(packages));
  const small = [...planDevices(), ...(await planLocalhost())];
  const ofAccount = await planAccountChanges(host, wish);
  requirePrivilege(host, [...install, ...small, ...ofAccount]);
  announce(host, [...install, ...small, ...ofAccount]);
  await installPackages(host, install);
  if (host.privilege !== 'none') await applyChanges(host, small);
  const found = await ensureAccount(host, name, useraddOptions);
  const account = found.isSelf && homeApart ? { ...found, home: homeApart, isApart: true } : found;
  await applyChanges(host, planSubids(account));
  await ensureRuntimeDir(host, account);
  await ensureStorage(account);
  return { host, account };
}

/**
 * What the account needs, for the announcement; for a new one its ids are known only once it is made.
 * @param {import('./host.mjs').Host} host
 * @param {Wish} wish
 */
async function planAccountChanges(host, { account: name, useraddOptions = [] }) {
  if (host.privilege !== 'root') return planSubids(ownAccount());
  const found = await lookUp(name);
  return found ? planSubids(found) : [planAccount(name, useraddOptions)];
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {readonly import('./change.mjs').Change[]} changes
 */
function announce(host, changes) {
  say(`${host.name}, Node ${process.versions.node}, as ${host.user}.`);
  if (changes.length === 0) return say('This machine has what it takes.');
  say('Set-up will:');
  for (const change of changes) say(`  - ${change.text}`);
}
