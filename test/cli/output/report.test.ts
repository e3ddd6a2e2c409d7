import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReport } from '../../../src/cli/output/report.ts';
import { Sink } from '../support.ts';

let nowMs = 0;
let stderr: Sink;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  stderr = new Sink();
});
afterEach(() => vi.useRealTimers());

const open = (isTerminal: boolean, verbosity = 0) =>
  createReport({ stderr, isTerminal, verbosity, clock: () => nowMs });

function pass(ms: number): void {
  nowMs += ms;
  vi.advanceTimersByTime(ms);
}

describe('a report to a file', () => {
  it('writes a line at the start of a step and one at the end, with seconds', () => {
    const step = open(false).step('building the image');
    pass(12_340);
    step.update('layer 3');
    step.done();
    expect(stderr.text).toBe('ct: building the image …\nct: building the image: done (12.3 s)\n');
  });

  it('ends a step once', () => {
    const step = open(false).step('x');
    step.fail();
    step.done();
    expect(stderr.text).toBe('ct: x …\nct: x: failed (0.0 s)\n');
  });

  it('keeps details for -v and -vv', () => {
    const quiet = open(false);
    quiet.verbose('a');
    quiet.debug('b');
    expect(stderr.text).toBe('');
    open(false, 1).verbose('a');
    open(false, 1).debug('b');
    open(false, 2).debug('c');
    expect(stderr.text).toBe('ct: a\nct: c\n');
  });

  it('lets no foreign text drive the terminal', () => {
    const report = open(false, 2);
    report.note('\u001b[2J');
    report.warn('\u0007');
    report.step('\r').update('\u202e');
    expect(stderr.text).not.toMatch(/[\u001b\u0007\r\u202e]/u);
  });
});

describe('a report to a terminal', () => {
  it('draws nothing for a step too short to be seen', () => {
    const step = open(true).step('x');
    pass(100);
    step.done();
    expect(stderr.text).toBe('');
  });

  it('draws one line with the seconds so far, and replaces it at the end', () => {
    const step = open(true).step('building the image');
    step.update('layer 3\n');
    pass(3000);
    expect(stderr.text).toMatch(/\r\S building the image 3 s · layer 3\\n\u001b\[K$/u);
    step.done();
    expect(stderr.text).toMatch(/\r\u001b\[Kct: building the image: done \(3\.0 s\)\n$/u);
  });

  it('keeps lines of text apart from the moving one', () => {
    const report = open(true);
    report.step('x');
    pass(1000);
    report.note('hello');
    expect(stderr.text).toMatch(/\r\u001b\[Kct: hello\n\r\S x 1 s\u001b\[K$/u);
  });

  it('never wraps', () => {
    Object.assign(stderr, { columns: 20 });
    open(true).step('y'.repeat(100));
    pass(1000);
    const line = stderr.text.split('\r').at(-1) ?? '';
    expect(line.replace('\u001b[K', '')).toHaveLength(19);
  });

  it('stops moving when the last step has ended', () => {
    const report = open(true);
    const outer = report.step('outer');
    const inner = report.step('inner');
    pass(1000);
    inner.done();
    pass(1000);
    expect(stderr.text).toMatch(/outer 2 s/u);
    outer.done();
    const { length } = stderr.text;
    pass(5000);
    expect(stderr.text).toHaveLength(length);
    expect(vi.getTimerCount()).toBe(0);
  });
});
