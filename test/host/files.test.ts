import { vol } from 'memfs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ensurePrivateDir, writeFileAtomic } from '../../src/host/files.ts';

/** Names of file calls that fail, with the errno they fail with. */
const faults = vi.hoisted(() => new Map<string, string>());

vi.mock('node:fs', async () => {
  const { fs } = await import('memfs');
  const failing =
    (name: 'mkdirSync' | 'writeSync') =>
    (...args: never[]) => {
      const code = faults.get(`${name}:${String(args[0])}`) ?? faults.get(name);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      return (fs[name] as (...all: never[]) => unknown)(...args);
    };
  return { ...fs, mkdirSync: failing('mkdirSync'), writeSync: failing('writeSync') };
});

const uid = process.getuid?.() ?? 0;

beforeEach(() => {
  vol.reset();
  faults.clear();
  vol.mkdirSync('/home', { recursive: true });
  vol.chownSync('/home', uid, uid);
});

describe('ensurePrivateDir', () => {
  it('makes a directory that only the user can enter', () => {
    ensurePrivateDir('/home/state/ct');
    expect(vol.statSync('/home/state/ct').mode & 0o777).toBe(0o700);
  });

  it('says why a parent cannot be made, where Node says that it is not there', () => {
    faults.set('mkdirSync', 'ENOENT');
    expect(() => ensurePrivateDir('/home/a/b/c')).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    faults.set('mkdirSync:/home/a', 'EROFS');
    expect(() => ensurePrivateDir('/home/a/b/c')).toThrow(/the file system is read-only/u);
  });

  it('refuses a link, since somebody else may own what it points to', () => {
    vol.mkdirSync('/elsewhere');
    vol.symlinkSync('/elsewhere', '/home/ct');
    expect(() => ensurePrivateDir('/home/ct')).toThrow(
      expect.objectContaining({ code: 'permission_denied' }),
    );
  });

  it('refuses a directory that others can write to', () => {
    vol.mkdirSync('/home/ct');
    vol.chmodSync('/home/ct', 0o777);
    expect(() => ensurePrivateDir('/home/ct')).toThrow(/only you can write/u);
  });

  it('says that the file system is read-only, and what to do', () => {
    faults.set('mkdirSync', 'EROFS');
    expect(() => ensurePrivateDir('/home/ct')).toThrow(
      expect.objectContaining({
        code: 'failed_precondition',
        hint: expect.stringContaining('XDG_STATE_HOME') as string,
      }),
    );
  });
});

describe('writeFileAtomic', () => {
  it('replaces a file whole and leaves nothing beside it', () => {
    writeFileAtomic('/home/a/b', 'one');
    writeFileAtomic('/home/a/b', 'two');
    expect(vol.readFileSync('/home/a/b', 'utf8')).toBe('two');
    expect(vol.readdirSync('/home/a')).toEqual(['b']);
    expect(vol.statSync('/home/a/b').mode & 0o777).toBe(0o600);
  });

  it('keeps the old file when the disk is full, and leaves nothing half there', () => {
    writeFileAtomic('/home/a/b', 'old');
    faults.set('writeSync', 'ENOSPC');
    expect(() => writeFileAtomic('/home/a/b', 'new')).toThrow(
      expect.objectContaining({ code: 'resource_exhausted' }),
    );
    expect(vol.readFileSync('/home/a/b', 'utf8')).toBe('old');
    expect(vol.readdirSync('/home/a')).toEqual(['b']);
  });
});
