import { describe, expect, it } from 'vitest';
import { commandingAnnotations, foreignOrders, namedKeys } from '../../src/image/annotations.ts';

const withKeys = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, '1']));

describe('commandingAnnotations', () => {
  it('lets descriptions be', () => {
    const keys = [
      'org.opencontainers.image.title',
      'org.opencontainers.image.base.digest',
      'org.opencontainers.artifact.created',
      'org.label-schema.schema-version',
      'com.docker.official-images.bashbrew.arch',
      'io.artifacthub.package.readme-url',
      'maintainer',
    ];
    expect(commandingAnnotations(withKeys(...keys))).toEqual([]);
    expect(commandingAnnotations({})).toEqual([]);
  });

  it.each([
    'run.oci.seccomp_bpf_data',
    'run.oci.hooks.stdout',
    'run.oci.seccomp.plugins',
    'run.oci.handler',
    'run.oci.keep_original_groups',
    'module.wasm.image/variant',
    'org.systemd.property.ExecStopPost',
    'org.opencontainers.imagery',
    'maintainers',
    'nobody.knows.it',
    '',
  ])('names %s', (key) => {
    expect(commandingAnnotations(withKeys('org.opencontainers.image.title', key))).toEqual([key]);
  });
});

describe('foreignOrders', () => {
  it('lets be what Podman 4 and 5 set by themselves, and what is no order', () => {
    const keys = [
      'io.container.manager',
      'io.kubernetes.cri-o.Created',
      'io.kubernetes.cri-o.TTY',
      'io.podman.annotations.autoremove',
      'org.opencontainers.image.stopSignal',
      'org.systemd.property.KillSignal',
      'org.systemd.property.TimeoutStopUSec',
      'run.oci.mount_context_type',
    ];
    expect(foreignOrders(withKeys(...keys))).toEqual([]);
  });

  it.each([
    'run.oci.seccomp_bpf_data',
    'org.systemd.property.DeviceAllow',
    'module.wasm.image/variant',
    'org.criu.config',
  ])('names %s', (key) => {
    expect(foreignOrders(withKeys('io.container.manager', key))).toEqual([key]);
  });
});

describe('namedKeys', () => {
  it('names three, and nothing that drives a terminal', () => {
    expect(namedKeys(['a', 'b\u001b[2J'])).toBe('a, b\\e[2J');
    expect(namedKeys(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
    expect(namedKeys(['x'.repeat(5000)])).toBe('x'.repeat(80));
  });
});
