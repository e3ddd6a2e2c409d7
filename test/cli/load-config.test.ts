import { vol } from 'memfs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/cli/load-config.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';

vi.mock('node:fs', async () => (await import('memfs')).fs);

const UID = process.getuid?.() ?? 0;
const PATH = '/home/me/.config/ct/config.toml';

beforeEach(() => vol.reset());

describe('loadConfig', () => {
  it('gives the defaults without a file', async () => {
    expect(await loadConfig({ HOME: '/home/me' }, UID)).toBe(DEFAULT_CONFIG);
  });

  it('reads the file that is there', async () => {
    vol.fromJSON({ [PATH]: 'network.mode = "offline"' });
    vol.chmodSync(PATH, 0o600);
    expect((await loadConfig({ HOME: '/home/me' }, UID)).network.mode).toBe('offline');
  });
});
