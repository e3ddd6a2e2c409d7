import { describe, expect, it } from 'vitest';
import { parsePackages } from '../../src/config/packages.ts';
import { NO_PACKAGES } from '../../src/config/packages-schema.ts';
import { faultOf } from '../support/fault.ts';

const parse = (text: string) => parsePackages({ path: '/c/packages.toml', text, home: '/home/me' });
const faultIn = (text: string) => faultOf(() => parse(text));

describe('parsePackages', () => {
  it('takes an empty file for nothing wanted', () => {
    expect(parse('')).toEqual(NO_PACKAGES);
  });

  it('reads every table', () => {
    const text = `
      apt = { tiers = ["tools"], packages = ["g++", "libssl-dev"] }
      npm.packages = ["typescript", "@scope/name@1.2.3"]
      pip.packages = ["httpie[socks]@3.2", "black"]
      cargo.packages = ["ripgrep@14.1.0"]
      gems.packages = ["rake"]
      tools = { mise = true }
      post_install.commands = ["echo done"]`;
    expect(parse(text)).toMatchObject({
      apt: { tiers: ['tools'], packages: ['g++', 'libssl-dev'] },
      npm: { packages: ['typescript', '@scope/name@1.2.3'] },
      tools: { mise: true, uv: false },
      post_install: { commands: ['echo done'] },
    });
  });

  it('names file, line, key and what was expected', () => {
    const fault = faultIn('[npm]\npackages = ["--global"]\n');
    expect(fault.code).toBe('invalid_config');
    expect(fault.message).toMatch(
      /^\/c\/packages\.toml:2:1: npm\.packages: expected a list of names of npm packages/u,
    );
    expect(faultIn('[apt]\ntiers = ["games"]\n').message).toContain('tools, languages, browsers');
  });

  it('refuses a manager that it does not know, and says why there is no Homebrew', () => {
    expect(faultIn('[npmm]\n')).toMatchObject({ hint: "did you mean 'npm'?" });
    expect(faultIn('[brew]\npackages = []\n').message).toContain('Homebrew is not supported');
  });

  it.each([
    ['apt', 'jq-'],
    ['apt', 'jq=1.7'],
    ['apt', '-o'],
    ['apt', './x.deb'],
    ['npm', 'git+https://example.org/x'],
    ['npm', '../x'],
    ['npm', 'x y'],
    ['pip', '-r'],
    ['pip', 'x @ file:///etc'],
    ['pip', 'x;python_version>"3"'],
    ['cargo', '--git'],
    ['gems', '../x'],
  ])('refuses for %s what its manager would take for more than a name: %s', (manager, name) => {
    const text = `[${manager}]\npackages = [${JSON.stringify(name)}]\n`;
    expect(faultIn(text).message).toContain(`${manager}.packages: expected`);
  });
});
