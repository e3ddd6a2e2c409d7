import { existsSync } from 'node:fs';
import type { Agent } from '../agents/agent.ts';
import type { SessionContext } from './context.ts';

/** Whether an agent's home holds a login of its own; `null` when that cannot be told. */
export function isLoggedIn(
  { name, loginFiles }: Pick<Agent, 'name' | 'loginFiles'>,
  { paths }: Pick<SessionContext, 'paths'>,
): boolean | null {
  if (loginFiles.length === 0) return null;
  const home = `${paths.dataDir}/homes/${name}`;
  return loginFiles.some((file) => existsSync(`${home}/${file}`));
}
