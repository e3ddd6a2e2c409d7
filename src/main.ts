/**
 * The entry: everything that every start pays for. It must import little but the loader, so
 * that `ct --version` costs what an empty program costs (docs/adr/0004).
 */
import { restoreAuthorities } from './base/extra-authorities.ts';
import { loadWithCodeCache, type LoadedCode } from './code-cache.ts';

declare const __CT_VERSION__: string;

const argv = process.argv.slice(2);

if (argv[0] === '--version' || argv[0] === '-V') {
  process.stdout.write(`${__CT_VERSION__}\n`, (lost) => {
    if (lost) process.stderr.write(`ct: ${lost.message}\n`);
    process.exit(lost ? 125 : 0);
  });
} else {
  closeInspectorDoor();
  restoreAuthorities(process.env);
  // Only an explicit success is one: a program that just runs dry has failed.
  process.exitCode = 125;
  process.once('beforeExit', () => {
    process.stderr.write('ct: nothing is left to wait for, but the command has not ended\n');
  });
  const code = loadWithCodeCache(`${__dirname}/cli.cjs`, argv[0] ?? '', require) as LoadedCode<Cli>;
  process.on('uncaughtException', (thrown) => {
    try {
      code.exports.reportBug(thrown, process.stderr);
    } finally {
      // `exit` listeners still restore the terminal.
      process.exit(125);
    }
  });
  void code.exports.main(argv, code).then((status) => process.exit(status));
}

/**
 * Node opens its debugger, a way into this process, when it gets SIGUSR1; a listener takes that away,
 * and without the listener the signal does what it does to any program.
 */
function closeInspectorDoor(): void {
  const nothing = (): void => undefined;
  process.on('SIGUSR1', nothing).off('SIGUSR1', nothing);
}

/** What `cli/main.ts` exports. */
interface Cli {
  main(argv: readonly string[], code: Pick<LoadedCode<unknown>, 'hold' | 'keep'>): Promise<number>;
  reportBug(thrown: unknown, stderr: NodeJS.WritableStream): void;
}
