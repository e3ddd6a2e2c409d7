import { describe, expect, it } from 'vitest';
import { openNamespaces } from '../../src/gateway/namespaces.ts';

describe('the namespaces of a session', () => {
  it("are refused when they are this host's own", () => {
    expect(() => openNamespaces(process.pid)).toThrow(/this host's own user namespace/u);
  });

  it('are not there when there is no such process', () => {
    expect(() => openNamespaces(2 ** 22 + 1)).toThrow(/the session has ended/u);
  });
});
