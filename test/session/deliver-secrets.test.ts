import { expect, it } from 'vitest';
import { silentReport } from '../../src/base/report.ts';
import { requireSources } from '../../src/session/deliver-secrets.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { emptyHost } from '../broker/support.ts';

type Grants = Parameters<typeof requireSources>[0]['secrets']['grants'];

const setting = { command: [] as string[], file: '', env: '', timeout: 5 };

function check(grants: Grants, env: NodeJS.ProcessEnv = {}, secrets: object = {}): void {
  const { paths, projectDir } = emptyHost();
  const context = { env, paths, config: { secrets }, report: silentReport };
  const plan = { secrets: { grants }, project: { source: projectDir } };
  requireSources(plan as never, context as unknown as SessionContext);
}

const grant = { name: 'CNSTR_ZAI_API_KEY', kind: 'env', as: 'ANTHROPIC_AUTH_TOKEN' } as const;

it('refuses a run without a source for what it requires', () => {
  expect(() => check([{ ...grant, required: true }])).toThrow(
    expect.objectContaining({
      code: 'failed_precondition',
      message: 'CNSTR_ZAI_API_KEY is required, and no source has it',
      hint: expect.stringContaining('ct secrets set CNSTR_ZAI_API_KEY') as string,
    }) as Error,
  );
});

it('takes it with its source under either name, and does not run a command for it', () => {
  check([{ ...grant, required: true }], { CNSTR_ZAI_API_KEY: 'x' });
  check([{ ...grant, required: true }], { ZAI_API_KEY: 'x' });
  const command = { ...setting, command: ['/nonexist/would-fail'] };
  check([{ ...grant, required: true }], {}, { CNSTR_ZAI_API_KEY: command });
});

it('goes on without one that is not required', () => {
  check([{ ...grant, required: false }]);
});
