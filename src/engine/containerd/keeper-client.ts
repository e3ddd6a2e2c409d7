import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import { reach } from '../../host/reach.ts';
import { startLogged } from '../../host/service-log.ts';
import type { Backend } from './backend.ts';
import { allKept, isKept, keeperSocket, markKept } from './marks.ts';

/** How long a keeper may take to begin, and to answer, `ms` */
const ANSWER_MS = 10_000;
/** One that was started and does not listen after this is started once more, `ms` */
const AGAIN_MS = 3_000;

/** The output of a container, handed over by the keeper. */
export interface Lent {
  /** What came last while nobody read it */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The keeper reads again; the end of this process does the same */
  giveBack(): void;
}

/**
 * `Engine.leave`: from here on the keeper reads what the container writes, so that it never waits.
 *
 * Errors: unavailable
 */
export async function leaveContainer(backend: Backend, id: string): Promise<void> {
  markKept(backend.place, id);
  (await ask(backend, `keep ${id}`)).giveBack();
  backend.opened.get(id)?.close();
  backend.opened.delete(id);
}

/** Takes the output of a container from the keeper, if it has it. Errors: unavailable */
export async function takeOutput(backend: Backend, id: string): Promise<Lent | undefined> {
  return isKept(backend.place, id) ? ask(backend, `take ${id}`) : undefined;
}

/** Starts a keeper for containers that lost theirs: until then what they write waits, and then they do. */
export async function reviveKeeper({ place, keeper }: Backend): Promise<void> {
  if (allKept(place).length === 0) return;
  const socket = await reach(keeperSocket(place));
  if (socket === undefined) await startLogged(keeper.command, keeper.logPath);
  socket?.destroy();
}

async function ask({ place, keeper }: Backend, request: string): Promise<Lent> {
  let started = Number.NEGATIVE_INFINITY;
  for (const until = performance.now() + ANSWER_MS; performance.now() < until; await sleep(10)) {
    const socket = await reach(keeperSocket(place));
    // One that is just leaving hangs up.
    const lent = socket === undefined ? undefined : await answerOf(socket, request);
    if (lent !== undefined) return lent;
    if (performance.now() - started < AGAIN_MS) continue;
    started = performance.now();
    await startLogged(keeper.command, keeper.logPath);
  }
  throw new CtError('unavailable', 'the process that keeps the output of sessions does not begin', {
    hint: `see ${keeper.logPath}`,
  });
}

/** Two lengths of four bytes, then as much: see keeper.ts. `undefined` when it hangs up. */
function answerOf(socket: Socket, request: string): Promise<Lent | undefined> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      const message = 'the process that keeps the output of sessions does not answer';
      reject(new CtError('unavailable', message, { hint: 'end it (ct internal keep), try again' }));
    }, ANSWER_MS);
    socket
      .on('error', () => undefined)
      .once('close', () => {
        clearTimeout(timer);
        resolve(undefined);
      })
      .on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length < 8) return;
        const [out, err] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
        if (bytes.length < 8 + out + err) return;
        clearTimeout(timer);
        socket.unref();
        resolve({
          stdout: bytes.subarray(8, 8 + out),
          stderr: bytes.subarray(8 + out, 8 + out + err),
          giveBack: () => void socket.destroy(),
        });
      })
      .write(`${request}\n`);
  });
}
