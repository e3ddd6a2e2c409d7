import { describe, expect, it } from 'vitest';
import { bundleConfig, bwrapArguments } from '../../../src/bench/peers/bare.ts';

const isMerged = (path: string): boolean => path === '/usr' || path === '/bin';

describe('bwrap as a floor', () => {
  it('has all namespaces, no capability and the directories that the host has', () => {
    const words = bwrapArguments(['sh', '-c', 'echo x'], isMerged);
    expect(words.slice(0, 5)).toEqual([
      ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ]);
    expect(words.join(' ')).toContain('--ro-bind /usr /usr --ro-bind /bin /bin --proc');
    expect(words.slice(-3)).toEqual(['sh', '-c', 'echo x']);
  });
});

describe('a bundle for an OCI runtime', () => {
  it("maps root to the caller, and shows the host's programs read-only", () => {
    const config = bundleConfig(['/bin/true'], { uid: 1234, gid: 99, has: isMerged });
    expect(config).toMatchObject({
      root: { readonly: true },
      process: { args: ['/bin/true'], noNewPrivileges: true, capabilities: { bounding: [] } },
      linux: {
        uidMappings: [{ containerID: 0, hostID: 1234, size: 1 }],
        gidMappings: [{ containerID: 0, hostID: 99, size: 1 }],
      },
    });
    const { mounts } = config as {
      mounts: readonly { destination: string; type: string; options?: readonly string[] }[];
    };
    const binds = mounts.filter(({ type }) => type === 'bind');
    expect(binds.map(({ destination }) => destination)).toEqual(['/usr', '/bin']);
    for (const { options } of binds) expect(options).toContain('ro');
  });
});
