import { readdirSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { PACKAGES_VOLUME } from '../base/layout.ts';
import type { Engine } from '../engine/engine.ts';
import { LABEL } from '../plan/labels.ts';
import type { EngineFacts, Stock } from './facts.ts';

/** What the engine says of itself and of what it holds; its failure is a finding, not an error. */
export async function askEngine(open: () => Promise<Engine>): Promise<EngineFacts> {
  try {
    const engine = await open();
    return { state: 'asked', info: await engine.info(), stock: await takeStock(engine) };
  } catch (thrown) {
    return { state: 'failed', error: CtError.from(thrown) };
  }
}

async function takeStock(engine: Engine): Promise<Stock> {
  const [images, volume] = await Promise.all([
    engine.images.list([LABEL.recipe]),
    engine.volumes.inspect(PACKAGES_VOLUME),
  ]);
  const newestFirst = [...images].sort((a, b) => b.createdMs - a.createdMs);
  return {
    images: newestFirst.map(({ references, id }) => references[0] ?? id),
    agents: volume === undefined ? [] : installedAgents(volume.path),
  };
}

/** Names below which an installer has swapped in a `current`. */
function installedAgents(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .filter((entry) => readdirSync(`${path}/${entry.name}`).includes('current'))
      .map((entry) => entry.name);
  } catch {
    return undefined;
  }
}
