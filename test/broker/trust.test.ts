import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProjectEnv, requireProjectEnv, trustProjectEnv } from '../../src/broker/trust.ts';
import { emptyHost } from './support.ts';

describe("trust in a project's .env", () => {
  it('lasts until a byte of it changes', async () => {
    const { paths, projectDir } = emptyHost();
    const path = join(projectDir, '.env');
    const look = () => readProjectEnv(projectDir, paths.stateDir);
    expect(look()).toBeUndefined();
    writeFileSync(path, 'A=1\n');
    expect(look()).toMatchObject({ isTrusted: false, hasChanged: false });
    await trustProjectEnv(requireProjectEnv(projectDir, paths.stateDir), true, paths.stateDir);
    expect(look()).toMatchObject({ isTrusted: true, hasChanged: false });
    writeFileSync(path, 'A=2\n');
    expect(look()).toMatchObject({ isTrusted: false, hasChanged: true });
    writeFileSync(path, 'A=1\n');
    await trustProjectEnv(requireProjectEnv(projectDir, paths.stateDir), false, paths.stateDir);
    expect(look()).toMatchObject({ isTrusted: false });
  });

  it('is not for a link, and not without a file', () => {
    const { paths, projectDir } = emptyHost();
    expect(() => requireProjectEnv(projectDir, paths.stateDir)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    symlinkSync('/etc/passwd', join(projectDir, '.env'));
    expect(() => readProjectEnv(projectDir, paths.stateDir)).toThrow(/symbolic link/u);
  });
});
