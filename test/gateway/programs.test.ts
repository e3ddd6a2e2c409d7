import { describe, expect, it } from 'vitest';
import { isCtError } from '../../src/base/errors.ts';
import { findNetnsPrograms } from '../../src/gateway/programs.ts';

describe("the programs of a session's network", () => {
  it('names the package of one that is missing', () => {
    try {
      findNetnsPrograms({ PATH: '/nonexistent' });
      expect.unreachable();
    } catch (thrown) {
      expect(isCtError(thrown, 'failed_precondition') && thrown.hint).toContain('perl-base');
    }
  });
});
