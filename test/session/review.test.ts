import { readdirSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SessionPlan } from '../../src/plan/plan.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { beginReview, endReview, reviewProject } from '../../src/session/review.ts';
import { scratch } from '../support/scratch.ts';

function session(stateDir: string) {
  const said: string[] = [];
  const plan = { session: '00000001', project: { source: scratch(), repository: undefined } };
  const context = {
    paths: { stateDir },
    report: { warn: (text: string) => said.push(text), note: (text: string) => said.push(text) },
  };
  return {
    said,
    review: (id?: string) =>
      reviewProject(
        { dir: plan.project.source, session: id },
        context as unknown as SessionContext,
      ),
    begin: () => beginReview(plan as SessionPlan, context as unknown as SessionContext),
    end: () => endReview(plan as SessionPlan, context as unknown as SessionContext),
  };
}

it('says nothing when nothing came out of a session', async () => {
  const { said, begin, end } = session(scratch());
  begin();
  await end();
  expect(said).toEqual([]);
});

it('says before the session that its beginning cannot be kept', () => {
  const { said, begin } = session(scratch({ review: '' }));
  begin();
  expect(said).toEqual([expect.stringMatching(/^there will be no review of this session: /u)]);
});

it('says after the session that its beginning is lost', async () => {
  const state = scratch();
  const { said, begin, end } = session(state);
  begin();
  for (const name of readdirSync(`${state}/review`))
    rmSync(`${state}/review/${name}`, { recursive: true });
  await end();
  expect(said).toEqual([expect.stringMatching(/^there is no review of this session: /u)]);
});

it('names the sessions that are remembered where another was asked for', () => {
  const { begin, review } = session(scratch());
  expect(() => review('zzz')).toThrow(/^no session in .* is remembered$/u);
  begin();
  expect(review('0000').session).toBe('00000001');
  let thrown: unknown;
  try {
    review('zzz');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: 'not_found',
    message: "no session 'zzz' is remembered",
    hint: expect.stringMatching(/: 00000001$/u) as string,
  });
});
