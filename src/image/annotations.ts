import { printable } from '../base/text.ts';

/** What an image may say of itself: whose it is, where from, which version. No runtime acts on these. */
const DESCRIPTIVE = [
  'org.opencontainers.image.',
  'org.opencontainers.artifact.',
  'org.label-schema.',
  'com.docker.official-images.',
  'io.artifacthub.',
] as const;

/**
 * Keys of an image's annotations that are more than a description. Podman hands an image's annotations on to
 * the runtime, where some are orders: with crun `run.oci.seccomp_bpf_data` replaces the filter and
 * `run.oci.hooks.stdout` names a file of the host. What another runtime makes of another key nobody knows, so
 * what is not on the list is refused.
 *
 * Source: crun(1) "EXTENSIONS"; image-spec annotations.md
 */
export function commandingAnnotations(
  annotations: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(annotations)
    .filter((key) => key !== 'maintainer' && !DESCRIPTIVE.some((family) => key.startsWith(family)))
    .sort();
}

/** Annotations in a runtime's configuration that it acts on. Source: as above; runc, systemd properties; CRIU */
const ORDERS = ['run.oci.', 'org.systemd.property.', 'module.wasm.', 'org.criu.'] as const;

/** Those that Podman sets by itself, over whatever an image says (the first: on hosts with SELinux) */
const OF_PODMAN = [
  'run.oci.mount_context_type',
  'org.systemd.property.KillSignal',
  'org.systemd.property.TimeoutStopUSec',
];

/** Keys that give a runtime an order which neither ct nor Podman gave. */
export function foreignOrders(annotations: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(annotations)
    .filter((key) => ORDERS.some((family) => key.startsWith(family)) && !OF_PODMAN.includes(key))
    .sort();
}

const SHOWN = 3;
const MAX_CHARS = 80;

/** Some keys for people: they are the image's own words. */
export function namedKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, SHOWN).map((key) => printable(key.slice(0, MAX_CHARS)));
  const more = keys.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
