import {
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcessWithoutNullStreams,
} from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { eventually } from '../../integration/support/ct.ts';
import { Account, lendImages, type Done } from '../../root/support/accounts.ts';

/** The `ct` that these accounts type, as words of a shell line. */
export const CT = `${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''}`;

/** An account with a ready image and the service's units, made once; it goes with the guest. */
export async function ensureAnn(): Promise<Account> {
  if (spawnSync('getent', ['passwd', 'ann']).status === 0) return new Account('ann', CT);
  const ann = Account.make('ann', CT);
  lendImages(process.env['CT_TEST_STORE'], ann);
  const made = await logIn(ann, `mkdir ~/p && ${CT} sys init`);
  expect(made, made.stderr).toMatchObject({ status: 0 });
  return ann;
}

/** What a log-out does to what the account leaves behind; its manager ends at once when nothing holds it. */
export function setLogOut({ killsAll }: { readonly killsAll: boolean }): void {
  const directory = '/etc/systemd/logind.conf.d';
  const answer = killsAll ? 'yes' : 'no';
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    `${directory}/ct-test.conf`,
    `[Login]\nKillUserProcesses=${answer}\nUserStopDelaySec=0\n`,
  );
  execFileSync('systemctl', ['reload', 'systemd-logind.service']);
}

/** A log-in with a session of logind's, for one line; the log-out comes with its end. */
export function logIn(account: Account, line: string): Promise<Done> {
  return account.login(line);
}

/** Waits until systemd has ended all of an account that has logged out. */
export async function untilAllEnded(account: Account): Promise<void> {
  await eventually(`nothing of ${account.name} runs`, () => {
    return !existsSync(`/run/user/${account.uid}`) && account.processes().length === 0;
  });
}

/** Ids of the account's sessions, in every state. */
export async function sessionsOf(account: Account): Promise<readonly string[]> {
  const { stdout } = await account.ct('ps --all --json');
  return (JSON.parse(stdout) as { sessions: { id: string }[] }).sessions.map(({ id }) => id);
}

/** A log-in at a terminal of its own. */
export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  /** What it has shown so far */
  shown = '';

  constructor(account: Account) {
    const words = ['--quiet', '--flush', '--command', `exec login -f ${account.name}`, '/dev/null'];
    this.#child = spawn('script', words, { stdio: 'pipe' });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.shown += text));
    this.#child.stdin.on('error', () => undefined);
  }

  /** Waits for the prompt, and types a line. */
  async type(line: string): Promise<void> {
    await eventually('there is a prompt', () => /\$ $/u.test(this.shown));
    this.#child.stdin.write(`${line}\n`);
  }

  /** What a lost connection is to the programs that run there. */
  hangUp(): void {
    this.#child.kill('SIGKILL');
  }
}
