import { describe, expect, it } from 'vitest';
import { CATALOGUE, agentNamed } from '../../src/agents/catalogue.ts';
import type { CtError } from '../../src/base/errors.ts';

describe('the catalogue', () => {
  it('has names that can stand in container names, labels and paths', () => {
    for (const name of CATALOGUE.keys()) expect(name).toMatch(/^[a-z][a-z0-9-]{0,31}$/u);
  });

  it('installs gemini from npm', () => {
    expect(agentNamed('gemini').install).toMatchObject({
      kind: 'npm',
      package: '@google/gemini-cli',
    });
  });

  it('names the agents there are when one is misspelt, and shows control characters', () => {
    expect(() => agentNamed('gem\u001b[2Jini')).toThrow(
      expect.objectContaining({
        code: 'not_found',
        message: "there is no agent called 'gem\\e[2Jini'",
      }),
    );
    try {
      agentNamed('nobody');
    } catch (error) {
      expect((error as CtError).hint).toContain('gemini');
    }
  });

  it('has no state directory outside the home', () => {
    for (const agent of CATALOGUE.values()) {
      for (const dir of agent.stateDirs) expect(dir).toMatch(/^\.?[\w-][\w./-]*$/u);
    }
  });
});
