import type { Report } from '../base/report.ts';
import type { Spans } from '../base/spans.ts';
import { CT_VERSION } from '../base/version.ts';
import { openContext, type SessionContext } from '../session/context.ts';
import { loadConfig, loadWhatIsRight } from './load-config.ts';

/** What a command that works with sessions needs of its surroundings. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number;
  readonly report: Report;
  readonly spans?: Spans;
  /** Whether a faulty configuration is no reason to stop */
  readonly isTolerant?: boolean;
}

/** Runs `work` with the configuration read and the engine at hand, for a process that leaves when it is done. */
export async function withSessions<T>(
  { env, uid, report, spans, isTolerant = false }: Surroundings,
  work: (context: SessionContext) => Promise<T>,
): Promise<T> {
  const end = spans?.begin('config');
  const config = isTolerant ? await loadWhatIsRight(env, uid, report) : await loadConfig(env, uid);
  end?.();
  const given = { config, env, report, ctVersion: CT_VERSION };
  const context = openContext(spans === undefined ? given : { ...given, spans });
  try {
    return await work(context);
  } finally {
    const closed = spans?.begin('close');
    await context.close({ isLeaving: true });
    closed?.();
  }
}
