import { describe, expect, it } from 'vitest';
import { podmanNetwork } from '../../../src/bench/peers/podman.ts';

describe('the network of the peer', () => {
  it.each([
    ['offline', 'podman version 4.3.1', 'none'],
    ['strict', 'podman version 5.4.2', 'slirp4netns:allow_host_loopback=false'],
    ['permissive', 'podman version 4.3.1', 'slirp4netns:allow_host_loopback=false'],
    ['permissive', 'podman version 5.4.2', 'pasta'],
    ['permissive', 'podman version 10.0.0', 'pasta'],
  ] as const)('beside %s, with %s, is %s', (network, version, expected) => {
    expect(podmanNetwork(network, { program: 'podman', runtime: '', version })).toBe(expected);
  });
});
