import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkedVersion, readPins, writePin } from '../../src/host/pins.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-pins-'));
});

describe('pins', () => {
  it('are none at first', () => expect(readPins(dir)).toEqual({}));

  it('stay until they are taken off', () => {
    writePin(dir, 'gemini', '1.2.3');
    writePin(dir, 'codex', '0.1.0-beta.2');
    writePin(dir, 'gemini', undefined);
    expect(readPins(dir)).toEqual({ codex: '0.1.0-beta.2' });
  });

  it.each(['not json', '{"gemini":"latest"}', '{"gemini":"1.0.0 --evil"}'])(
    'are refused as %s',
    (text) => {
      writeFileSync(join(dir, 'pins.json'), text);
      expect(() => readPins(dir)).toThrow(expect.objectContaining({ code: 'failed_precondition' }));
    },
  );

  it.each(['latest', '', '1', '^1.0.0', '1.0.0;id'])('cannot be %j', (version) => {
    expect(() => checkedVersion(version)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });
});
