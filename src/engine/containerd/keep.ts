import { isCtError } from '../../base/errors.ts';
import type { Engine } from '../engine.ts';
import type { OpenEngineInput } from '../open.ts';
import { ownDaemon } from './daemon.ts';
import { runKeeper } from './keeper.ts';
import { openContainerd } from './open.ts';

/**
 * The process that reads what detached containers write, to its end. The engine is asked only when one of
 * them seems to have ended, and then let go again, so that an idle daemon can leave.
 */
export async function keepContainerd(input: OpenEngineInput): Promise<void> {
  const ioDir = `${ownDaemon(input).runDir}/io`;
  await runKeeper({
    place: { ioDir },
    runs: async (id) => {
      // Where no daemon runs, the next command starts one, which will find what is left.
      const engine = await openContainerd(input, { start: false });
      return stillRuns(engine, id).finally(() => engine.close());
    },
  });
}

async function stillRuns(engine: Engine, id: string): Promise<boolean> {
  try {
    return (await engine.inspect(id)).status !== 'exited';
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) return false;
    throw thrown;
  }
}
