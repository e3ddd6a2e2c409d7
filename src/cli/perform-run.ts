import { jsonPage } from './output/json-text.ts';
import type { TextSink } from './output/sink.ts';
import type { QuickRun } from './quick-run.ts';
import { refuseRoot } from './root.ts';
import { withSessions, type Surroundings } from './with-sessions.ts';

/** Carries `ct run` out, however its command line was read; resolves to the exit status. */
export async function performRun(
  { options, dryRun, words }: Omit<QuickRun, 'verbosity'>,
  surroundings: Surroundings & { readonly stdout: TextSink },
): Promise<number> {
  await refuseRoot(surroundings.uid, words);
  return withSessions(surroundings, async (context) => {
    if (dryRun) {
      const { planRun } = await import('../session/plan.ts');
      surroundings.stdout.write(jsonPage(await planRun(options, context)));
      return 0;
    }
    const { runSession } = await import('../session/start.ts');
    const { status, detached } = await runSession(options, context);
    if (detached !== undefined) surroundings.stdout.write(`${detached}\n`);
    return status;
  });
}
