import { vol } from 'memfs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { silentReport } from '../../src/base/report.ts';
import { loadConfig, loadWhatIsRight } from '../../src/cli/load-config.ts';
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

describe('yolo.agents', () => {
  const load = (text: string) => {
    vol.fromJSON({ [PATH]: text });
    vol.chmodSync(PATH, 0o600);
    return loadConfig({ HOME: '/home/me' }, UID);
  };

  it('names agents that there are', async () => {
    const { yolo } = await load('[yolo]\nagents = ["Gemini"]');
    expect(yolo.agents).toEqual(['Gemini']);
  });

  it('is refused with its place where it names another', async () => {
    await expect(load('[yolo]\nagents = ["Gemni"]')).rejects.toMatchObject({
      code: 'invalid_config',
      message: `${PATH}:2:1: yolo.agents: expected names of agents, found the text "Gemni"`,
      hint: 'did you mean "gemini"?',
    });
  });
});

describe('loadWhatIsRight', () => {
  const load = async (text: string, mode = 0o600) => {
    vol.fromJSON({ [PATH]: text });
    vol.chmodSync(PATH, mode);
    const warnings: string[] = [];
    const report = { ...silentReport, warn: (line: string) => void warnings.push(line) };
    return { config: await loadWhatIsRight({ HOME: '/home/me' }, UID, report), warnings };
  };

  it('says nothing of a file without a fault', async () => {
    const { config, warnings } = await load('engine.kind = "containerd"');
    expect(config.engine.kind).toBe('containerd');
    expect(warnings).toEqual([]);
  });

  it('goes on with the rest of a file with a fault, and tells where it is', async () => {
    const { config, warnings } = await load('engine.kind = "containerd"\nnetwork.mode = 3\n');
    expect(config).toEqual({
      ...DEFAULT_CONFIG,
      engine: { ...DEFAULT_CONFIG.engine, kind: 'containerd' },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/config\.toml:2:1: network\.mode: .*; what is wrong there/u),
    ]);
  });

  it.each([
    ['is no TOML', '[engine', 0o600],
    ['others may write', 'engine.kind = "containerd"', 0o666],
  ])('takes nothing of a file that %s', async (_what, text, mode) => {
    const { config, warnings } = await load(text, mode);
    expect(config).toEqual(DEFAULT_CONFIG);
    expect(warnings).toHaveLength(1);
  });
});
