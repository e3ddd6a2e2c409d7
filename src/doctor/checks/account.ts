import { LOCAL_STORAGE } from '../../host/network-fs.ts';
import { MIN_SUBIDS as MIN_IDS } from '../../host/subids.ts';
import { bad, ok, skipped, unknown, warn, type Check } from '../check.ts';

/** What the account that runs sessions must have. */
export const accountChecks: readonly Check[] = [
  {
    id: 'subids',
    title: 'Subordinate ids',
    scope: 'account',
    run({ subids, account }) {
      const least = Math.min(subids.uidCount, subids.gidCount);
      const count = subids.mappedCount ?? least;
      if (count >= MIN_IDS) return ok(`${count} ids`);
      if (subids.addCommand !== undefined) {
        return bad(
          `${least} of ${MIN_IDS} needed for ${account.name}`,
          `as root:  ${subids.addCommand}\nthen, as ${account.name}:  podman system migrate`,
        );
      }
      return bad(
        `${least} are listed, but only ${count} could be mapped`,
        'as root:  chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap\nor install again:  apt-get install --reinstall uidmap',
      );
    },
  },
  {
    id: 'newuidmap',
    title: 'newuidmap, newgidmap',
    scope: 'host',
    run({ programs, subids }) {
      if (programs['newuidmap'] === undefined || programs['newgidmap'] === undefined) {
        return bad('not installed', 'install them:  apt-get install uidmap');
      }
      if (subids.arePrivileged === false) {
        return bad(
          'have neither setuid nor file capabilities',
          'as root:  chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap',
        );
      }
      return subids.arePrivileged === true
        ? ok('may map ids')
        : unknown('installed; their rights could not be read');
    },
  },
  {
    id: 'runtime-dir',
    title: 'Runtime directory',
    scope: 'account',
    run({ runtimeDir, account }) {
      const { variable, state, isInMemory } = runtimeDir;
      if (variable === undefined) {
        return warn(
          'XDG_RUNTIME_DIR is not set; ct uses one of its own in memory',
          'log in through a login manager, or as root:  loginctl enable-linger ' + account.name,
        );
      }
      if (state !== 'own') {
        const why = {
          missing: 'does not exist',
          foreign: 'is not yours',
          open: 'is open to others',
        };
        return bad(
          `XDG_RUNTIME_DIR (${variable}) ${why[state]}`,
          'make it a directory of yours with mode 0700, or unset the variable',
        );
      }
      if (isInMemory === false) {
        return warn(
          `${variable} is on a disk`,
          'point XDG_RUNTIME_DIR to a tmpfs, such as /run/user',
        );
      }
      return ok(variable);
    },
  },
  {
    id: 'home',
    title: 'Home directory',
    scope: 'account',
    run({ networkFs: { home, containers }, engine }) {
      if (containers !== undefined) {
        return bad(
          `containers are stored on ${containers}, where none can be set up`,
          LOCAL_STORAGE,
        );
      }
      if (home === undefined) return ok('on a local file system');
      return engine.state === 'asked'
        ? ok(`on ${home}; containers are stored on a local file system`)
        : warn(`on ${home}: containers cannot be stored there`, LOCAL_STORAGE);
    },
  },
  {
    id: 'lingering',
    title: 'systemd',
    scope: 'account',
    run({ hasSystemd, isLingering, account }) {
      if (!hasSystemd) return skipped('not running here; not needed');
      if (isLingering === false) {
        return warn(
          'detached sessions end when you log out',
          `to let them go on:  loginctl enable-linger ${account.name}`,
        );
      }
      return ok(isLingering === true ? 'lingering is on' : 'running');
    },
  },
  {
    id: 'service',
    title: 'Service of ct',
    scope: 'account',
    run({ service: { state, missing } }) {
      if (missing.length > 0) {
        return warn(
          `its unit starts ${missing.join(' and ')}, which is not there`,
          'bring it up to date:  ct daemon install',
        );
      }
      if (state === 'installed') return ok('systemd starts it when it is needed');
      return state === 'runs' ? ok('runs') : skipped('not installed; not needed');
    },
  },
];
