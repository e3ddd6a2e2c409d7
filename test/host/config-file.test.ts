import { vol } from 'memfs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfigFile } from '../../src/host/config-file.ts';
import { writeConfigFile } from '../../src/host/write-config.ts';

vi.mock('node:fs', async () => (await import('memfs')).fs);

const UID = process.getuid?.() ?? 0;
const PATH = '/home/me/.config/ct/config.toml';
const read = (env: NodeJS.ProcessEnv = { HOME: '/home/me' }) => readConfigFile(env, UID);

beforeEach(() => {
  vol.reset();
  vol.fromJSON({ [PATH]: 'x = 1\n' });
  vol.chmodSync(PATH, 0o644);
});

describe('readConfigFile', () => {
  it('reads the file of the home directory', () => {
    expect(read()).toEqual({ path: PATH, text: 'x = 1\n', home: '/home/me' });
  });

  it('honours XDG_CONFIG_HOME, but only an absolute one', () => {
    vol.fromJSON({ '/etc/me/ct/config.toml': 'y = 2' });
    vol.chmodSync('/etc/me/ct/config.toml', 0o600);
    expect(read({ HOME: '/home/me', XDG_CONFIG_HOME: '/etc/me' })?.text).toBe('y = 2');
    expect(read({ HOME: '/home/me', XDG_CONFIG_HOME: 'etc/me' })?.text).toBe('x = 1\n');
  });

  it('finds nothing where there is no file', () => {
    expect(read({ HOME: '/home/else' })).toBeUndefined();
  });

  it('follows a link to a file of the user', () => {
    vol.unlinkSync(PATH);
    vol.fromJSON({ '/home/me/dotfiles/ct.toml': 'z = 3' });
    vol.chmodSync('/home/me/dotfiles/ct.toml', 0o644);
    vol.symlinkSync('/home/me/dotfiles/ct.toml', PATH);
    expect(read()?.text).toBe('z = 3');
  });

  it('refuses a link to nothing instead of going on with the defaults', () => {
    vol.unlinkSync(PATH);
    vol.symlinkSync('/nowhere', PATH);
    expect(() => read()).toThrow('is a link to nothing');
  });

  it.each([0o664, 0o646, 0o666])('refuses a file that others may write to (%o)', (mode) => {
    vol.chmodSync(PATH, mode);
    expect(() => read()).toThrow('can be written to by other accounts');
  });

  it('refuses a file of somebody else', () => {
    vol.chownSync(PATH, UID + 4242, 0);
    expect(() => read()).toThrow('belongs to another account');
  });

  it('refuses a directory', () => {
    vol.unlinkSync(PATH);
    vol.mkdirSync(PATH);
    expect(() => read()).toThrow(/config\.toml: is a directory|cannot be opened/u);
  });

  it('refuses more than a mebibyte', () => {
    vol.writeFileSync(PATH, 'x'.repeat(1024 * 1024 + 1));
    expect(() => read()).toThrow('is larger than 1 MiB');
  });

  it('refuses bytes that are not UTF-8', () => {
    vol.writeFileSync(PATH, Buffer.from([0x61, 0xff, 0xfe]));
    expect(() => read()).toThrow('is not UTF-8 text');
  });
});

describe('writeConfigFile', () => {
  const write = (text: string): string => writeConfigFile({ HOME: '/home/me' }, text);

  it('replaces the file and leaves its mode', () => {
    vol.chmodSync('/home/me/.config/ct', 0o755);
    vol.chmodSync(PATH, 0o640);
    expect(write('y = 2\n')).toBe(PATH);
    expect(read()?.text).toBe('y = 2\n');
    expect(vol.statSync(PATH).mode & 0o777).toBe(0o640);
    expect(vol.readdirSync('/home/me/.config/ct')).toEqual(['config.toml']);
  });

  it('replaces what a link leads to, and leaves the link', () => {
    vol.unlinkSync(PATH);
    vol.fromJSON({ '/home/me/dotfiles/ct.toml': 'z = 3' });
    vol.chmodSync('/home/me/dotfiles', 0o755);
    vol.symlinkSync('/home/me/dotfiles/ct.toml', PATH);
    write('z = 4');
    expect(vol.readlinkSync(PATH)).toBe('/home/me/dotfiles/ct.toml');
    expect(vol.readFileSync('/home/me/dotfiles/ct.toml', 'utf8')).toBe('z = 4');
  });

  it('makes a file that is not there, for the user alone', () => {
    vol.reset();
    vol.mkdirSync('/home/me', { recursive: true });
    write('a = 1');
    expect(vol.statSync(PATH).mode & 0o777).toBe(0o600);
  });
});
