import { Transform } from 'node:stream';

/** Digits of the status behind a mark. Source: templates/launcher.sh */
const DIGITS = 3;

/**
 * One output of a program, up to where its launcher wrote the mark and the exit status; there it ends, though what it is
 * read from may not. Without a mark it ends where that does, and no byte is lost. `onStatus` is told what stands at the mark,
 * unless it is no status: then the engine has to say it.
 */
export function untilMark(mark: string, onStatus: (status: number) => void): Transform {
  const wanted = Buffer.from(mark);
  let held: Buffer = Buffer.alloc(0);
  let isOver = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (isOver) return done();
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const at = all.indexOf(wanted);
      const end = at < 0 ? all.length - beginning(wanted, all) : at;
      held = all.subarray(end);
      if (end > 0) this.push(all.subarray(0, end));
      if (at >= 0 && held.length >= wanted.length + DIGITS) {
        isOver = true;
        const status = Number(held.toString('latin1', wanted.length, wanted.length + DIGITS));
        if (Number.isInteger(status) && status <= 255) onStatus(status);
        this.push(null);
      }
      done();
    },
    flush(done) {
      if (!isOver) this.push(held);
      done();
    },
  });
}

/** How many bytes at the end of `text` may be the beginning of `wanted`. */
function beginning(wanted: Buffer, text: Buffer): number {
  for (let length = Math.min(wanted.length - 1, text.length); length > 0; length--) {
    if (text.subarray(text.length - length).equals(wanted.subarray(0, length))) return length;
  }
  return 0;
}
