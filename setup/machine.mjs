// @ts-check
/** The set-up that `npm start` and `npm test` share: a machine on which rootless Podman works. */
import { ensureAccount, ownAccount, planAccount } from './account.mjs';
import { installPackages, missingPackages, planPackages } from './apt.mjs';
import { applyChanges, requirePrivilege } from './change.mjs';
import { planDevices } from './devices.mjs';
import { checkNode, probeHost } from './host.mjs';
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
  const { packages, account: name, useraddOptions = [], homeApart } = wish;
  checkNode(process.versions.node);
  const host = await probeHost();
  const install = planPackages(await missingPackages(packages));
  const early = [...install, ...planDevices(), ...ownSubids(host)];
  requirePrivilege(host, early);
  announce(host, early, planAccount(name, useraddOptions).text);
  await installPackages(host, install);
  if (host.privilege !== 'none') await applyChanges(host, planDevices());
  const found = await ensureAccount(host, name, useraddOptions);
  const account = found.isSelf && homeApart ? { ...found, home: homeApart, isApart: true } : found;
  await applyChanges(host, planSubids(account));
  await ensureRuntimeDir(host, account);
  await ensureStorage(account);
  return { host, account };
}

/** @param {import('./host.mjs').Host} host */
function ownSubids(host) {
  return host.privilege === 'root' ? [] : planSubids(ownAccount());
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {readonly import('./change.mjs').Change[]} changes
 * @param {string} accountText
 */
function announce(host, changes, accountText) {
  say(
    `${host.name}, Node ${process.versions.node}, as ${host.user}. Set-up will, where not done yet:`,
  );
  for (const change of changes) say(`  - ${change.text}`);
  if (host.privilege === 'root') say(`  - ${accountText}, with subordinate ids`);
  say('  - npm ci and the build, in this directory');
}
