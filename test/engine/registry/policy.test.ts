import { describe, expect, it } from 'vitest';
import { checkPolicy } from '../../../src/engine/registry/policy.ts';
import { parseReference } from '../../../src/engine/registry/reference.ts';
import { scratch } from '../../support/scratch.ts';
import { accountIn, write } from './fake-registry.ts';

const anything = [{ type: 'insecureAcceptAnything' }];
const reject = [{ type: 'reject' }];
const signed = [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k' }];

function check(policy: unknown, reference: string): string {
  const account = accountIn(scratch());
  write(account, 'policy.json', typeof policy === 'string' ? policy : JSON.stringify(policy));
  try {
    checkPolicy(parseReference(reference), account);
    return 'accepted';
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
}

describe('a signature policy', () => {
  const policy = {
    default: reject,
    transports: {
      docker: { 'a.b': anything, 'a.b/c': signed, 'a.b/c/d:1': anything, '*.e.f': anything },
    },
  };

  it.each([
    ['a.b/x:1', 'accepted'],
    ['a.b/c/d:1', 'accepted'],
    ['a.b/c/d:2', 'unsupported'],
    ['x.e.f/y:1', 'accepted'],
    ['e.f/y:1', 'permission_denied'],
    ['other.test/y:1', 'permission_denied'],
  ])('judges %s: %s', (reference, verdict) => {
    expect(check(policy, reference)).toBe(verdict);
  });

  it('that says nothing or cannot be read lets nothing in', () => {
    expect(check({}, 'a.b/c')).toBe('permission_denied');
    expect(check({ default: [] }, 'a.b/c')).toBe('permission_denied');
    expect(check('{', 'a.b/c')).toBe('failed_precondition');
  });
});
