/**
 * What a start-up snapshot is made of (`node --build-snapshot`, setup/snapshot.mjs): Node's own modules that a run needs,
 * and these lines, which evaluate the program as Node would. Nothing of ct is in it, and nothing that was read: an
 * environment, a directory, an account.
 *
 * Only modules that Node's documentation does not warn of are here; the others are compiled when they are asked for.
 *
 * Source: node(1) --snapshot-blob; v8.startupSnapshot of Node 20
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { startupSnapshot } from 'node:v8';

const MODULES = ['crypto', 'diagnostics_channel', 'net', 'os', 'stream', 'timers/promises'];
for (const name of MODULES) builtin(`node:${name}`);

startupSnapshot.setDeserializeMainFunction(() => {
  const path = realpathSync(process.argv[1] ?? '');
  process.argv[1] = path;
  // Its first line is for the shell; on the same line, so that those of errors are right.
  const text = readFileSync(path, 'latin1').replace(/^#!.*/u, '');
  const { Script } = builtin('node:vm') as typeof import('node:vm');
  const code = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  const main = new Script(code, { filename: path }).runInThisContext() as (
    ...given: unknown[]
  ) => void;
  const module = { exports: {} };
  main(module.exports, builtin, module, path, dirname(path));
});

/** `require` for a program that has no module but its own and Node's; that of a snapshot warns of some. */
function builtin(id: string): unknown {
  const found: unknown = process.getBuiltinModule(id);
  if (found === undefined) throw new Error(`Node has no module ${id}`);
  return found;
}
