import { SpanRecord } from '../base/spans.ts';
import { timingOf } from './options/timing.ts';
import { jsonPage } from './output/json-text.ts';
import type { TextSink } from './output/sink.ts';
import type { QuickRun } from './quick-run.ts';
import { refuseRoot } from './root.ts';
import { wasTourShown } from './tour-mark.ts';
import { withSessions, type Surroundings } from './with-sessions.ts';

/** What `ct run` needs of its surroundings. */
export type RunSurroundings = Surroundings & {
  readonly stdout: TextSink;
  /** Where `--timing` goes */
  readonly stderr: TextSink;
  /** Where a first run shows the tour; `undefined` when nobody would read it there */
  readonly terminal: TextSink | undefined;
};

/**
 * Carries `ct run` out, however its command line was read; resolves to the exit status.
 *
 * Errors: whatever the run does; where the time went until then is told all the same
 */
export async function performRun(
  request: Omit<QuickRun, 'verbosity'>,
  surroundings: RunSurroundings,
): Promise<number> {
  const { report, stderr } = surroundings;
  const timing = request.timing ?? timingOf(surroundings.env);
  const clock = (): number => performance.now();
  const record = new SpanRecord(clock, ({ phase, startMs, tookMs }) =>
    report.debug(`${(startMs + tookMs).toFixed(0)} ms: ${phase}, took ${tookMs.toFixed(1)}`),
  );
  const begunMs = clock();
  try {
    return await run(request, surroundings, record);
  } finally {
    const endedMs = clock();
    if (timing !== undefined) {
      const { tellTiming } = await import('./tell-timing.ts');
      const laterMs = globalThis.performance.now() - clock();
      tellTiming(timing, record, { begunMs, endedMs, laterMs }, stderr);
    }
  }
}

async function run(
  { options, dryRun, words }: Omit<QuickRun, 'verbosity'>,
  surroundings: RunSurroundings,
  spans: SpanRecord,
): Promise<number> {
  await refuseRoot(surroundings.uid, words);
  return withSessions({ ...surroundings, spans }, async (context) => {
    if (dryRun) {
      const { planRun } = await import('../session/plan.ts');
      surroundings.stdout.write(jsonPage(await planRun(options, context)));
      return 0;
    }
    if (surroundings.terminal !== undefined) {
      await greet(context.paths.stateDir, surroundings.terminal);
    }
    const { runSession } = await import('../session/start.ts');
    const { status, detached } = await runSession(options, context);
    if (detached !== undefined) surroundings.stdout.write(`${detached}\n`);
    return status;
  });
}

/** One look at a file where the tour was seen already. */
async function greet(stateDir: string, terminal: TextSink): Promise<void> {
  if (wasTourShown(stateDir)) return;
  const { showTour } = await import('./tour.ts');
  showTour(stateDir, terminal);
}
