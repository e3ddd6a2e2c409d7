import { describe, expect, it } from 'vitest';
import { jsonOutput } from '../../../src/cli/output/json.ts';
import { jsonLine } from '../../../src/cli/output/json-text.ts';
import { Sink } from '../support.ts';

describe('JSON output', () => {
  it('prints one document a result', () => {
    const sink = new Sink();
    jsonOutput(sink).stopped(['a']);
    expect(JSON.parse(sink.text)).toEqual({ stopped: ['a'] });
    expect(sink.text.endsWith('\n')).toBe(true);
  });

  it('escapes what could drive a terminal, and stays the same data', () => {
    const value = { text: '\u001b\u009b\u202eü\u2028' };
    expect(jsonLine(value)).not.toMatch(/[\u001b\u009b\u202e\u2028]/u);
    expect(JSON.parse(jsonLine(value))).toEqual(value);
  });
});
