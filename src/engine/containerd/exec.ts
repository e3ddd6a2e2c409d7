import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { CtError, isCtError } from '../../base/errors.ts';
import type { Container } from '../../gen/containers.ts';
import { signalProgram } from '../../host/job.ts';
import type { ExecProcess, ExecSpec } from '../engine.ts';
import type { Backend } from './backend.ts';
import { getContainer, ignoreGone } from './containers.ts';
import { Io, ioPaths, makeFifosDuring } from './io.ts';
import { envLines, type OciProcess, type OciSpec } from './oci.ts';
import { closeStdin, getTask, resizeTask, waitTask } from './tasks.ts';
import { Tasks } from './services.ts';

const PROCESS_TYPE = 'types.containerd.io/opencontainers/runtime-spec/1/Process';

/** Starting a program may wait for a busy disk, `ms` */
const START_MS = 60_000;

/**
 * `Engine.exec`. A program that is missing or cannot be executed starts all the same and ends
 * with 127 or 126, as podman-exec(1) has it; see `neverRan`.
 */
export async function execInContainer(
  backend: Backend,
  id: string,
  spec: ExecSpec,
): Promise<ExecProcess> {
  const execId = `exec-${randomBytes(6).toString('hex')}`;
  const paths = ioPaths(`${backend.place.ioDir}/${id}`, `${execId}-`, spec);
  const discard = (): void => {
    for (const path of Object.values(paths)) if (path !== '') rmSync(path, { force: true });
  };
  let container: Container;
  try {
    container = await makeFifosDuring(requireRunning(backend, id), paths);
  } catch (thrown) {
    discard();
    throw thrown;
  }
  const io = new Io(paths);
  const own = JSON.parse(Buffer.from(container.spec?.value ?? []).toString()) as OciSpec;
  const call = { doing: 'run a program in the container', deadlineMs: START_MS };
  try {
    await backend.transport.unary(
      Tasks.exec,
      {
        ...{ containerId: id, execId, ...paths, terminal: spec.terminal },
        spec: { typeUrl: PROCESS_TYPE, value: Buffer.from(JSON.stringify(processOf(own, spec))) },
      },
      call,
    );
    await backend.transport.unary(Tasks.start, { containerId: id, execId }, call);
  } catch (thrown) {
    io.close();
    discard();
    await deleteProcess(backend, id, execId).catch(() => undefined);
    const status = isCtError(thrown) ? thrown.details['exitStatus'] : undefined;
    if (typeof status === 'number' && isCtError(thrown)) return neverRan(thrown.message, status);
    throw thrown;
  }
  return running(backend, { id, execId, io, discard, spec });
}

/** Errors: not_found · failed_precondition when it does not run */
async function requireRunning(backend: Backend, id: string): Promise<Container> {
  const [container, task] = await Promise.all([getContainer(backend, id), getTask(backend, id)]);
  if (task?.status === 2) return container;
  throw new CtError(
    'failed_precondition',
    'cannot run a program in the container: it does not run',
  );
}

/** What the container's own process may and has in its environment, with another program. */
function processOf({ process }: OciSpec, spec: ExecSpec): OciProcess {
  return {
    ...process,
    args: spec.args,
    env: [...process.env.filter((line) => !isSet(line, spec.env)), ...envLines(spec.env)],
    cwd: spec.cwd,
    user: { uid: spec.user.uid, gid: spec.user.gid },
    terminal: spec.terminal,
  };
}

function isSet(line: string, env: ExecSpec['env']): boolean {
  return Object.hasOwn(env, line.slice(0, line.indexOf('=')));
}

interface Started {
  readonly id: string;
  readonly execId: string;
  readonly io: Io;
  readonly discard: () => void;
  readonly spec: ExecSpec;
}

function running(backend: Backend, { id, execId, io, discard, spec }: Started): ExecProcess {
  const streams = io.streams(() => closeStdin(backend, id, execId));
  // Asked at once: the end of a short program is not missed.
  const status = waitTask(backend, id, execId);
  status.catch(() => undefined);
  let finished: Promise<number> | undefined;
  const finish = async (): Promise<number> => {
    const code = await status;
    await streams.ended.catch(() => undefined);
    await deleteProcess(backend, id, execId).catch(ignoreGone);
    discard();
    return code;
  };
  if (spec.size !== undefined) {
    void resizeTask(backend, id, spec.size, execId).catch(() => undefined);
  }
  return {
    ...streams,
    pid: async () => (await getTask(backend, id, execId))?.pid ?? 0,
    resize: (size) => resizeTask(backend, id, size, execId),
    wait: () => (finished ??= finish()),
    neverRan: () => undefined,
    signal: async (signal) => {
      const process = await getTask(backend, id, execId);
      return process?.status === 2 && process.pid > 1 && signalProgram(process.pid, signal);
    },
  };
}

async function deleteProcess(
  { transport }: Backend,
  containerId: string,
  execId: string,
): Promise<void> {
  const call = { doing: 'forget a program that ended' };
  await transport.unary(Tasks.deleteProcess, { containerId, execId }, call);
}

/** A program that could not be started, as a process that ended. */
function neverRan(message: string, status: number): ExecProcess {
  return {
    stdin: new Writable({ write: (_chunk, _encoding, done) => done() }),
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    ended: Promise.resolve(),
    close: () => undefined,
    pid: async () => 0,
    resize: async () => undefined,
    wait: async () => status,
    neverRan: () => message,
    signal: async () => false,
  };
}
