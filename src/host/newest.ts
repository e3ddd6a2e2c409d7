import { runProgram } from './exec.ts';

/** At once; each is a start of npm */
const AT_ONCE = 3;

/**
 * The newest version of each package, by the name beside it, asked of npm on this host and thus of the
 * registry that it is set up for. What npm does not answer is left out.
 *
 * Errors: not_found when there is no npm here
 */
export async function askNewest(
  packages: readonly { readonly name: string; readonly package: string }[],
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = [...packages];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const version = await newestOf(next.package, env);
      if (version !== undefined) found.set(next.name, version);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function newestOf(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const args = ['view', '--json', '--no-update-notifier', `${name}@latest`, 'version'];
  const { exitStatus, stdout } = await runProgram(
    { program: 'npm', args, env },
    { deadlineMs: 60_000 },
  );
  const version = /"?(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)"?/u.exec(stdout)?.[1];
  return exitStatus === 0 ? version : undefined;
}
