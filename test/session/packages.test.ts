import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { gemini } from '../../src/agents/gemini.ts';
import { shell } from '../../src/agents/shell.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { hasProgram, isInstalled } from '../../src/session/packages.ts';

let volume: string;
beforeEach(() => {
  volume = mkdtempSync(join(tmpdir(), 'ct-volume-'));
});

function engineWith(path: string | undefined): Engine {
  const inspect = async (name: string) =>
    path === undefined ? undefined : { name, path, labels: {} };
  return { volumes: { inspect } } as unknown as Engine;
}

/** As the installer leaves it: the program is a link that resolves inside only. */
function install(): void {
  mkdirSync(`${volume}/gemini/1.0.0/bin`, { recursive: true });
  symlinkSync('../lib/node_modules/x/bundle.js', `${volume}/gemini/1.0.0/bin/gemini`);
  symlinkSync('1.0.0', `${volume}/gemini/current`);
}

describe('isInstalled', () => {
  it('is true once current leads to the program', async () => {
    expect(await isInstalled(gemini, engineWith(volume))).toBe(false);
    install();
    expect(await isInstalled(gemini, engineWith(volume))).toBe(true);
  });

  it('is false without a volume', async () => {
    expect(await isInstalled(gemini, engineWith(undefined))).toBe(false);
  });

  it('asks nobody about an agent that the image has', async () => {
    expect(await isInstalled(shell, {} as Engine)).toBe(true);
  });

  it('is false for an installation without its program', () => {
    mkdirSync(`${volume}/gemini/1.0.0/bin`, { recursive: true });
    symlinkSync('1.0.0', `${volume}/gemini/current`);
    expect(hasProgram(gemini, volume)).toBe(false);
  });
});
