import { expect, it } from 'vitest';
import { restoreAuthorities, withoutAuthorities } from '../../src/base/extra-authorities.ts';

it('comes back as it was', () => {
  const env = { HOME: '/h', NODE_EXTRA_CA_CERTS: '/corp.pem' };
  const on: NodeJS.ProcessEnv = withoutAuthorities(env);
  expect(on['NODE_EXTRA_CA_CERTS']).toBeUndefined();
  restoreAuthorities(on);
  expect(on).toEqual(env);
});

it('is nothing where there was none', () => {
  expect(withoutAuthorities({ HOME: '/h' })).toEqual({ HOME: '/h' });
  const empty: NodeJS.ProcessEnv = { CT_EXTRA_CA_CERTS: '' };
  restoreAuthorities(empty);
  expect(empty).toEqual({});
});
