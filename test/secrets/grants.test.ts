import { describe, expect, it } from 'vitest';
import {
  grantEnvironment,
  parseGrants,
  planGrants,
  renderGrants,
} from '../../src/secrets/grants.ts';

const none = { secrets: [], secret_files: [], required_secrets: [] };
const wish = {
  agent: 'gemini',
  candidates: ['GEMINI_API_KEY'],
  configured: none,
  answers: {},
  present: [],
};

describe('grants', () => {
  it('are none by themselves, whatever the environment has', () => {
    expect(planGrants({ ...wish, present: ['GEMINI_API_KEY'] })).toEqual({
      grants: [],
      offered: ['GEMINI_API_KEY'],
    });
  });

  it('come from the configuration and from answers', () => {
    const configured = {
      secrets: ['GH_TOKEN'],
      secret_files: ['CERT'],
      required_secrets: ['CERT', 'OTHER'],
    };
    const { grants } = planGrants({ ...wish, configured, answers: { GEMINI_API_KEY: 'granted' } });
    expect(grants).toEqual([
      { name: 'CERT', kind: 'file', required: true },
      { name: 'GEMINI_API_KEY', kind: 'env', required: false },
      { name: 'GH_TOKEN', kind: 'gh', required: false },
      { name: 'OTHER', kind: 'env', required: true },
    ]);
    expect(grantEnvironment(grants)).toEqual({
      CERT_FILE: '/run/secrets/CERT',
      GH_CONFIG_DIR: '/run/secrets/gh',
    });
    expect(parseGrants(renderGrants(grants))).toEqual(
      grants.map((grant) => ({ ...grant, required: false })),
    );
  });

  it('are not offered again once they were refused', () => {
    const answers = { GEMINI_API_KEY: 'refused' } as const;
    expect(planGrants({ ...wish, answers, present: ['GEMINI_API_KEY'] })).toEqual({
      grants: [],
      offered: [],
    });
  });

  it('cannot be of a variable that steers programs', () => {
    const configured = { ...none, secrets: ['LD_PRELOAD'] };
    expect(() => planGrants({ ...wish, configured })).toThrow(
      expect.objectContaining({ code: 'invalid_config' }),
    );
  });

  it('in a label that somebody else wrote are left out', () => {
    expect(parseGrants('A:env,PATH:env,B:nonsense,../x:file,:env,C:constructor')).toEqual([
      { name: 'A', kind: 'env', required: false },
    ]);
    expect(parseGrants(undefined)).toEqual([]);
  });
});
