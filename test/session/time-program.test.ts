import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SpanRecord } from '../../src/base/spans.ts';
import { timeProgram } from '../../src/session/time-program.ts';

function program() {
  let nowMs = 0;
  const record = new SpanRecord(() => (nowMs += 1));
  const stdout = new PassThrough();
  const seen: string[] = [];
  stdout.on('data', (chunk: Buffer) => void seen.push(chunk.toString()));
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const streams = {
    stdin: new PassThrough(),
    stdout,
    stderr: undefined,
    ended,
    close: () => undefined,
  };
  const exited = timeProgram(record, streams);
  return { record, stdout, seen, exited, end, ended };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('timeProgram', () => {
  it('times the first byte, the program and its exit, and leaves the bytes to their reader', async () => {
    const { record, stdout, seen, exited, end } = program();
    stdout.write('a');
    stdout.write('b');
    await tick();
    end();
    await tick();
    exited();
    expect(record.spans.map(({ phase }) => phase)).toEqual(['first byte', 'program', 'exit']);
    expect(seen).toEqual(['a', 'b']);
  });

  it('has no first byte of a program that says nothing', async () => {
    const { record, exited, end } = program();
    end();
    await tick();
    exited();
    expect(record.spans.map(({ phase }) => phase)).toEqual(['program', 'exit']);
  });
});
