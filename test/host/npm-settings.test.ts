import { describe, expect, test } from 'vitest';
import { credentialLines, renderNpmrc } from '../../src/host/npm-settings.ts';

describe('renderNpmrc', () => {
  test('carries over how to reach registries, and nothing else', () => {
    const config = {
      registry: 'https://npm.example/',
      '@corp:registry': 'https://corp.example/',
      'https-proxy': 'http://p.example:1',
      proxy: null,
      noproxy: [''],
      'strict-ssl': false,
      cafile: '/etc/corp.pem',
      'script-shell': '/tmp/evil',
      'node-options': '--require /tmp/evil',
    };
    expect(renderNpmrc(config, [], {})).toBe(
      [
        'registry=https://npm.example/',
        '@corp:registry=https://corp.example/',
        'https-proxy=http://p.example:1',
        'strict-ssl=false',
        'replace-registry-host=npmjs',
        '',
      ].join('\n'),
    );
  });

  test('a value with a line break cannot add settings', () => {
    const config = { registry: 'https://npm.example/\nscript-shell=/tmp/evil' };
    expect(renderNpmrc(config, [], {})).not.toContain('evil');
  });

  test('without npm the variable is taken', () => {
    const env = { npm_config_registry: 'https://env.example/' };
    expect(renderNpmrc({}, [], env)).toContain('registry=https://env.example/\n');
  });
});

test('credentialLines takes credentials of registries and fills in variables', () => {
  const text = `registry=https://npm.example/
//npm.example/:_authToken=\${TOKEN}
//npm.example/:always-auth=true
; //off.example/:_authToken=x
//two.example/sub/:_auth = abc
//three.example/:_authToken=\${UNSET}
`;
  expect(credentialLines(text, { TOKEN: 't0' })).toEqual([
    '//npm.example/:_authToken=t0',
    '//two.example/sub/:_auth = abc',
    '//three.example/:_authToken=${UNSET}',
  ]);
});
