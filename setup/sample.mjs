// @ts-check
/** The main job of `npm start`: the real gemini CLI, in a container, on a small project. */
import { asAccount } from './account.mjs';
import { runInherited } from './exec.mjs';
import { elapsed, say } from './say.mjs';
import { writeNew } from './storage.mjs';

const FILES = {
  'README.md': '# ct-sample\n\nA small project to try an agent on: it may change anything here.\n',
  'hello.mjs':
    "/** Greets. */\nexport const greet = (name) => `Hello, ${name}!`;\n\nconsole.log(greet('world'));\n",
};

/**
 * Makes the sample project in the account's home where it is missing.
 * @param {import('./account.mjs').Account} account
 * @returns {Promise<string>} its directory
 */
export async function ensureSample(account) {
  const directory = `${account.home}/ct-sample`;
  for (const [name, text] of Object.entries(FILES))
    await writeNew(account, `${directory}/${name}`, text);
  say(`• sample project: ${directory}`);
  return directory;
}

/**
 * Runs `ct run gemini -- --version` there, and says what to type next.
 * @param {import('./account.mjs').Account} account
 * @param {string} command the installed `ct`
 * @param {string} directory
 * @returns {Promise<number>} the exit status of `ct`
 */
export async function firstSession(account, command, directory) {
  const fromMs = performance.now();
  say(`• as ${account.name}, in ${directory}: ct run gemini -- --version`);
  const argv = asAccount(account, directory, [command, 'run', 'gemini', '--', '--version']);
  const code = await runInherited(argv, { env: withoutNpm(process.env) });
  if (code !== 0) {
    say(`\nct set-up: the first session ended with status ${code} after ${elapsed(fromMs)}`);
    say(`  next: ${nextCommand(account, 'ct sys doctor')}`);
    return code;
  }
  say(`  gemini answered from its container in ${elapsed(fromMs)} (total ${elapsed()})`);
  say(`\nAll set. Next, type:\n  ${nextCommand(account, 'cd ~/ct-sample && ct run gemini')}`);
  return 0;
}

/**
 * The environment as it was before npm added its own, so that this session is like one that is typed.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutNpm(env) {
  const isOurs = (/** @type {string} */ name) =>
    !name.startsWith('npm_') || name === 'npm_config_registry';
  return Object.fromEntries(Object.entries(env).filter(([name]) => isOurs(name)));
}

/**
 * @param {import('./account.mjs').Account} account
 * @param {string} line
 */
function nextCommand(account, line) {
  return account.isSelf ? line : `runuser -l ${account.name} -c '${line}'`;
}
