import { beginLaunched, findProcess, passGate } from './at-gate.ts';
import type { RunEnd, Starting } from './start.ts';

/** The end of a start that nobody follows: the session goes on by itself when its gate is open. */
export async function startDetached(starting: Starting): Promise<RunEnd> {
  const { plan, engine, launch, context, undo, handOver, secrets } = starting;
  const { id } = launch;
  const atGate = context.spans.begin('start');
  const left = engine.leave(id);
  // Awaited before the gate opens.
  left.catch(() => undefined);
  const launched = beginLaunched(starting, await findProcess(starting));
  await engine.start(id);
  const running = { plan, engine, id, ...launched, context };
  await passGate({ ...running, undo, secrets, atGate, onEnd: [], beforeOpen: () => left });
  handOver();
  undo.commit();
  context.report.verbose(`'ct attach ${plan.session}' shows it, 'ct stop ${plan.session}' ends it`);
  return { status: 0, detached: plan.session };
}
