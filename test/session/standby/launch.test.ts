import { expect, it } from 'vitest';
import { NO_SPANS } from '../../../src/base/spans.ts';
import { UndoStack } from '../../../src/base/undo.ts';
import { DEFAULT_CONFIG } from '../../../src/config/schema.ts';
import type { SessionPlan } from '../../../src/plan/plan.ts';
import type { SessionContext } from '../../../src/session/context.ts';
import { seekPrepared } from '../../../src/session/standby/launch.ts';
import type { WarmStart } from '../../../src/session/warm/run.ts';

it('fails once for a wrong CT_STANDBY, and not again while cleaning up', async () => {
  const context = { config: DEFAULT_CONFIG, env: { CT_STANDBY: 'x' }, spans: NO_SPANS };
  const plan = { detach: false, explainDenials: false } as SessionPlan;
  const undo = new UndoStack();
  const search = await seekPrepared(plan, context as unknown as SessionContext, undo);
  await expect(search.find({} as WarmStart)).rejects.toThrow("CT_STANDBY is 'x'");
  expect(await undo.unwind()).toEqual([]);
});
