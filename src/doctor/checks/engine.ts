import { isAtLeast } from '../../base/versions.ts';
import { ignoresMountGuards } from '../../engine/crun.ts';
import type { EngineInfo } from '../../engine/engine.ts';
import { bad, ok, skipped, unknown, warn, type Check, type Finding } from '../check.ts';
import type { HostFacts } from '../facts.ts';

/** What containerd needs to be started for a user, and to be used. */
const CONTAINERD = ['containerd', 'containerd-shim-runc-v2', 'rootlesskit', 'nsenter'];

/** Podman, containerd, their service, and how it stores and starts containers. */
export const engineChecks: readonly Check[] = [
  {
    id: 'podman',
    title: 'Podman',
    scope: 'host',
    run({ podmanVersion, programs }) {
      const install = 'install it:  apt-get install podman uidmap netavark aardvark-dns';
      if (programs['podman'] === undefined) {
        const hasOther = CONTAINERD.every((name) => programs[name] !== undefined);
        return hasOther ? skipped('not installed; containerd is') : bad('not installed', install);
      }
      if (podmanVersion === undefined) return unknown('installed; does not tell its version');
      return isAtLeast(podmanVersion, [4, 0])
        ? ok(podmanVersion)
        : bad(`${podmanVersion} is too old`, `Podman 4.0 or later is needed; ${install}`);
    },
  },
  {
    id: 'containerd',
    title: 'containerd',
    scope: 'host',
    run({ programs }) {
      const missing = CONTAINERD.filter((name) => programs[name] === undefined);
      if (missing.includes('containerd') && programs['podman'] !== undefined) {
        return skipped('not installed; Podman is');
      }
      const install =
        'install it:  apt-get install containerd rootlesskit uidmap crun slirp4netns util-linux';
      if (missing.length === 0) return ok(programs['containerd'] ?? '');
      // With Podman at hand, half a containerd hinders nobody.
      const report = programs['podman'] === undefined ? bad : warn;
      return report(`not complete: ${missing.join(', ')} missing`, install);
    },
  },
  {
    id: 'engine',
    title: 'Engine',
    scope: 'account',
    run({ engine }) {
      if (engine.state === 'skipped') return skipped(engine.why);
      if (engine.state === 'failed') {
        return bad(engine.error.message, engine.error.hint ?? 'try again with -vv');
      }
      const { info } = engine;
      return info.rootless
        ? ok(`${info.product} ${info.version} at ${info.address}`)
        : bad(
            'runs as root',
            'point CONTAINER_HOST or engine.socket to a rootless service, or remove the setting',
          );
    },
  },
  {
    id: 'storage-driver',
    title: 'Storage driver',
    scope: 'account',
    run(facts) {
      const driver = engineInfo(facts)?.storageDriver;
      if (driver === undefined) return skipped('the engine could not be asked');
      if (driver !== 'vfs') return ok(driver);
      return bad(
        'vfs: every session would copy the whole image',
        [
          // The running service keeps the old driver; the brackets keep pkill from finding itself.
          ...(facts.hasSystemd ? ['systemctl --user stop podman.socket podman.service'] : []),
          `pkill -u "$(id -u)" -f '[p]odman.* system service'`,
          'podman system reset   # removes all images and containers of this account',
          'mkdir -p ~/.config/containers',
          `printf '[storage]\\ndriver = "overlay"\\n' > ~/.config/containers/storage.conf`,
        ].join('\n'),
      );
    },
  },
  {
    id: 'oci-runtime',
    title: 'OCI runtime',
    scope: 'account',
    run(facts) {
      const runtime = engineInfo(facts)?.ociRuntime;
      if (runtime === undefined) return runtimeFromPrograms(facts);
      if (runtime.name === 'crun' && cgroupLayout(facts) !== 'v2') return crunOnHybrid(facts);
      const { name, version } = runtime;
      if (mountsUnguarded(facts)) return crunTooOld(facts, version);
      return ok(version.includes(name) ? version : `${name} ${version}`.trim());
    },
  },
  {
    id: 'cgroup',
    title: 'Resource limits',
    scope: 'account',
    run(facts) {
      if (engineInfo(facts)?.product === 'containerd') return warn(...WITHOUT_GROUPS);
      const controllers = engineInfo(facts)?.cgroupControllers ?? facts.cgroup.controllers;
      const layout = cgroupLayout(facts);
      const missing = ['memory', 'pids', 'cpu'].filter((name) => !controllers.includes(name));
      if (layout !== 'v2') {
        return warn(
          `not possible: cgroup ${layout}`,
          'sessions run without limits on memory and processors; a host with cgroup v2 has them\n' +
            'on a systemd host: boot with systemd.unified_cgroup_hierarchy=1',
        );
      }
      if (missing.length === 0) return ok(`cgroup v2: ${controllers.join(' ')}`);
      return warn(
        `not delegated: ${missing.join(' ')}`,
        'sessions run without these limits; on a systemd host, as root:\n' +
          'systemctl edit user@.service   # [Service] Delegate=cpu cpuset io memory pids',
      );
    },
  },
];

/** ADR 0014 says why. */
const WITHOUT_GROUPS = [
  'not on containerd: sessions there have no control group',
  "sessions run without limits on memory and processors; 'ct run --engine podman' has them where the host lends them",
] as const;

/** What the engine said of itself, if it was asked. */
function engineInfo({ engine }: HostFacts): EngineInfo | undefined {
  return engine.state === 'asked' ? engine.info : undefined;
}

function runtimeFromPrograms(facts: HostFacts): Finding {
  const { crun, runc } = facts.programs;
  if (crun === undefined && runc === undefined) {
    return bad('neither crun nor runc is installed', 'install one:  apt-get install crun runc');
  }
  if (facts.cgroup.layout !== 'v2' && runc === undefined) return crunOnHybrid(facts);
  return ok([crun, runc].filter((path) => path !== undefined).join(', '));
}

function crunOnHybrid(facts: HostFacts): Finding {
  return bad(
    `crun refuses this host's cgroup layout (${cgroupLayout(facts)})`,
    facts.programs['runc'] === undefined
      ? 'install runc, which ct then uses:  apt-get install runc'
      : 'end the running podman service: ct starts one with runc instead',
  );
}

/**
 * Whether sessions would be mounted without their guards: Podman asks crun for `nosuid`, which an old one drops;
 * for containerd ct asks for `rnosuid`, which it keeps.
 */
function mountsUnguarded(facts: HostFacts): boolean {
  const info = engineInfo(facts);
  return info?.product !== 'containerd' && ignoresMountGuards(info?.ociRuntime.version ?? '');
}

function crunTooOld(facts: HostFacts, version: string): Finding {
  return bad(
    `${version} leaves nosuid and nodev out of writable mounts: sessions are refused`,
    facts.programs['runc'] === undefined
      ? 'install runc, which ct then uses:  apt-get install runc'
      : `end the running podman service: ct starts one with runc instead; one of systemd's follows
[engine] runtime = "runc"  in ~/.config/containers/containers.conf`,
  );
}

/** The layout as the engine sees it: its service may live in a mount namespace of its own. */
function cgroupLayout(facts: HostFacts): string {
  return engineInfo(facts)?.cgroupVersion === 'v2' ? 'v2' : facts.cgroup.layout;
}
