import { describe, expect, it } from 'vitest';
import { Tail } from '../../../src/engine/containerd/tail.ts';

function tailOf(maxBytes: number, ...chunks: readonly string[]): Tail {
  const tail = new Tail(maxBytes);
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  return tail;
}

describe('the tail of a stream', () => {
  it('is all that came while it fits', () => {
    expect(tailOf(12, 'one\n', 'two\n', 'half').take().toString()).toBe('one\ntwo\nhalf');
  });

  it('begins with a whole line when something went', () => {
    expect(tailOf(8, 'one\ntwo\nthree\n').take().toString()).toBe('three\n');
    expect(tailOf(8, 'one\n', 'two\n', 'four\n').take().toString()).toBe('four\n');
  });

  it('is the last bytes of what has no line', () => {
    expect(tailOf(4, 'abcdefgh').take().toString()).toBe('efgh');
    expect(tailOf(4, 'ab', 'cd', 'ef', 'gh').take().toString()).toBe('efgh');
  });

  it('is taken once', () => {
    const tail = tailOf(4, 'abcdefgh');
    tail.take();
    expect(tail.take().toString()).toBe('');
    tail.push(Buffer.from('a\nb'));
    expect(tail.take().toString()).toBe('a\nb');
  });

  it('never holds more than it may, whatever comes', () => {
    const tail = new Tail(100);
    for (let i = 0; i < 5_000; i++) tail.push(Buffer.alloc(i % 7, 'x'));
    expect(tail.take().length).toBe(100);
  });
});
