import { vol } from 'memfs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { configPlace } from '../../src/host/config-file.ts';
import { resolvePaths } from '../../src/host/paths.ts';

vi.mock('node:fs', async () => ({
  ...(await import('memfs')).fs,
  default: (await import('memfs')).fs,
}));

const uid = process.getuid?.() ?? 0;

function ownDir(path: string, mode = 0o700): void {
  vol.mkdirSync(path, { recursive: true });
  vol.chownSync(path, uid, uid);
  vol.chmodSync(path, mode);
}

beforeEach(() => {
  vol.reset();
  ownDir('/dev/shm');
});

describe('resolvePaths', () => {
  it('keeps everything below the XDG directories', () => {
    ownDir('/run/mine');
    expect(
      resolvePaths(
        {
          HOME: '/home/u',
          XDG_CONFIG_HOME: '/c',
          XDG_STATE_HOME: '/s/',
          XDG_DATA_HOME: '/d',
          XDG_CACHE_HOME: '/k',
          XDG_RUNTIME_DIR: '/run/mine',
        },
        uid,
      ),
    ).toEqual({
      home: '/home/u',
      configDir: '/c/ct',
      stateDir: '/s/ct',
      dataDir: '/d/ct',
      cacheDir: '/k/ct',
      runtimeDir: '/run/mine',
    });
  });

  it('ignores a relative value, as the specification demands', () => {
    expect(resolvePaths({ HOME: '/home/u', XDG_CONFIG_HOME: 'conf' }, uid).configDir).toBe(
      '/home/u/.config/ct',
    );
  });

  it.each([
    ['', 'HOME is empty'],
    ['rel', "HOME is 'rel', which is no absolute path"],
  ])('refuses a HOME that is %j', (HOME, message) => {
    const hint = expect.stringContaining('set it to your home directory') as string;
    const refusal = expect.objectContaining({
      code: 'failed_precondition',
      message,
      hint,
    }) as Error;
    expect(() => resolvePaths({ HOME, XDG_STATE_HOME: '/s' }, uid)).toThrow(refusal);
    expect(() => configPlace({ HOME })).toThrow(refusal);
  });

  it('uses the login manager’s directory when the variable is missing', () => {
    ownDir(`/run/user/${uid}`);
    expect(resolvePaths({ HOME: '/h' }, uid).runtimeDir).toBe(`/run/user/${uid}`);
  });

  it('makes one in memory where there is no login manager', () => {
    expect(resolvePaths({ HOME: '/h' }, uid).runtimeDir).toBe(`/dev/shm/ct-run-${uid}`);
    expect(vol.statSync(`/dev/shm/ct-run-${uid}`).mode & 0o777).toBe(0o700);
  });

  it('does not use one that others can write to', () => {
    ownDir('/run/open', 0o777);
    expect(resolvePaths({ HOME: '/h', XDG_RUNTIME_DIR: '/run/open' }, uid).runtimeDir).not.toBe(
      '/run/open',
    );
  });

  it('refuses a trap that somebody laid in shared memory', () => {
    vol.mkdirSync('/tmp');
    vol.symlinkSync('/tmp', `/dev/shm/ct-run-${uid}`);
    expect(() => resolvePaths({ HOME: '/h' }, uid)).toThrow(
      expect.objectContaining({
        code: 'permission_denied',
        message: expect.stringContaining(`/dev/shm/ct-run-${uid} is not a directory`) as string,
        hint: expect.stringContaining('ls -ld') as string,
      }),
    );
  });
});
