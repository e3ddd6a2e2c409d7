import { describe, expect, it } from 'vitest';
import { checkedName, faultOfName } from '../../src/secrets/names.ts';

describe('the name of a secret', () => {
  it.each([
    'GEMINI_API_KEY',
    'GH_TOKEN',
    'NPM_TOKEN',
    'NODE_AUTH_TOKEN',
    'GIT_TOKEN',
    'A',
    'AWS_SECRET_ACCESS_KEY',
  ])('may be %s', (name) => expect(faultOfName(name)).toBeUndefined());

  it.each([
    ...['PATH', 'HOME', 'LD_PRELOAD', 'NODE_OPTIONS', 'BASH_ENV', 'ENV', 'IFS', 'CT_AGENT', 'PS1'],
    ...['XDG_CONFIG_HOME', 'GIT_SSH_COMMAND', 'SSH_AUTH_SOCK', 'HTTPS_PROXY', 'CONTAINER_HOST'],
    ...['DOCKER_HOST', 'PYTHONPATH', 'LC_ALL', 'SSL_CERT_FILE', 'DYLD_INSERT_LIBRARIES'],
  ])('may not be %s, which steers programs', (name) => {
    expect(faultOfName(name)).toMatch(/steers|capitals/u);
  });

  it.each([
    '',
    'lower',
    'A-B',
    'A.B',
    '1A',
    'A B',
    'A\n',
    'Ä',
    '../A',
    'A'.repeat(129),
    '__proto__',
  ])('may not be %j', (name) => expect(faultOfName(name)).toMatch(/capitals/u));

  it('is not repeated when it is none: it may be a value', () => {
    expect(() => checkedName('sk-live-123')).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.not.stringContaining('sk-live'),
      }),
    );
    expect(checkedName('GOOD')).toBe('GOOD');
  });
});
