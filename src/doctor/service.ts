import { existsSync, readFileSync } from 'node:fs';
import { reach } from '../host/reach.ts';
import { resolvePaths, type Paths } from '../host/paths.ts';
import { hasUnits, unitPath, UNITS } from '../host/user-manager.ts';
import { daemonSocket } from '../daemon/wire/place.ts';
import type { ServiceFacts } from './facts.ts';

/** How the user's service stands. It is not asked: a socket of systemd's would start it. */
export async function probeService(env: NodeJS.ProcessEnv, uid: number): Promise<ServiceFacts> {
  let paths: Paths;
  try {
    paths = resolvePaths(env, uid);
  } catch {
    return { state: 'none', missing: [] };
  }
  const place = { env, paths };
  if (hasUnits(place)) {
    return { state: 'installed', missing: missingPrograms(unitPath(place, UNITS.service)) };
  }
  const socket = await reach(daemonSocket(paths.runtimeDir));
  socket?.destroy();
  return { state: socket === undefined ? 'none' : 'runs', missing: [] };
}

/** What the unit would start and is not there: a Node or a ct that has moved. */
function missingPrograms(path: string): readonly string[] {
  try {
    const line = /^ExecStart=(.*)$/mu.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    const words = [...line.matchAll(/"(\/[^"]*)"/gu)].map(([, word = '']) => word);
    return words.filter((word) => !existsSync(word));
  } catch {
    return [path];
  }
}
