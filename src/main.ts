#!/usr/bin/env node
/**
 * The entry: everything that every start pays for. It must import nothing statically, so that
 * `ct --version` costs what an empty program costs (docs/adr/0004).
 */
declare const __CT_VERSION__: string;

const argv = process.argv.slice(2);

if (argv[0] === '--version' || argv[0] === '-V') {
  process.stdout.write(`${__CT_VERSION__}\n`);
} else {
  // Only an explicit success is one: a program that just runs dry has failed.
  process.exitCode = 125;
  process.once('beforeExit', () => {
    process.stderr.write('ct: nothing is left to wait for, but the command has not ended\n');
  });
  process.on('uncaughtException', (thrown) => void stopAt(thrown));
  useCompileCache(process.env['XDG_CACHE_HOME'], process.env['HOME']);
  void import('./cli/main.ts')
    .then(({ main }) => main(argv))
    .then((status) => process.exit(status));
}

/** Says what nobody expected and ends; `exit` listeners still restore the terminal. */
async function stopAt(thrown: unknown): Promise<void> {
  try {
    const { reportBug } = await import('./cli/fail.ts');
    reportBug(thrown, process.stderr);
  } finally {
    process.exit(125);
  }
}

/**
 * Keeps compiled code between starts, in a directory that only the user can write to: cached bytecode
 * is code. Without such a directory there is no cache.
 *
 * Source: node.js module.enableCompileCache (>= 22.8)
 */
function useCompileCache(cacheHome: string | undefined, home: string | undefined): void {
  const { enableCompileCache } = process.getBuiltinModule('module') as CompileCacheModule;
  const base = cacheHome?.startsWith('/') ? cacheHome : home?.startsWith('/') && `${home}/.cache`;
  if (enableCompileCache === undefined || !base) return;
  try {
    const fs = process.getBuiltinModule('fs');
    const directory = `${base}/ct/compile`;
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const stat = fs.lstatSync(directory);
    if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o022) !== 0) return;
    enableCompileCache(directory);
  } catch {
    // A read-only home costs milliseconds, nothing else.
  }
}

interface CompileCacheModule {
  readonly enableCompileCache?: (directory: string) => unknown;
}
