import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rememberAnswer } from '../../src/broker/remember.ts';
import { readAnswers } from '../../src/broker/remembered.ts';
import { emptyHost } from './support.ts';

describe('answers about grants', () => {
  it('are remembered, changed and forgotten', async () => {
    const { stateDir } = emptyHost().paths;
    await Promise.all([
      rememberAnswer('gemini', 'A', 'granted', stateDir),
      rememberAnswer('shell', 'B', 'refused', stateDir),
    ]);
    expect(readAnswers(stateDir)).toEqual({
      gemini: { A: 'granted' },
      shell: { B: 'refused' },
    });
    await rememberAnswer('gemini', 'A', undefined, stateDir);
    expect(readAnswers(stateDir)['gemini']).toEqual({});
  });

  it.each(['', '[]', 'null', '{"a":3}', '{"a":{"B":"yes"}}', '{"a":null}', '{'])(
    'grant nothing when the file says %j',
    (text) => {
      const { stateDir } = emptyHost().paths;
      writeFileSync(join(stateDir, 'grants.json'), text, { mode: 0o600 });
      const answers = Object.values(readAnswers(stateDir)).flatMap((names) => Object.values(names));
      expect(answers).toEqual([]);
    },
  );

  it('grant nothing when others could have written them', () => {
    const { stateDir } = emptyHost().paths;
    const path = join(stateDir, 'grants.json');
    writeFileSync(path, '{"a":{"B":"granted"}}', { mode: 0o600 });
    expect(readAnswers(stateDir)).toEqual({ a: { B: 'granted' } });
    chmodSync(path, 0o666);
    expect(readAnswers(stateDir)).toEqual({});
  });
});
