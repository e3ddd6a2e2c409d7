import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { silentReport } from '../../src/base/report.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { tellKeyless } from '../../src/session/tell-keyless.ts';
import { scratch } from '../support/scratch.ts';

/** What is said of an agent that failed, whose home has these files. */
function told(agent: string, files: readonly string[] = [], grants: readonly unknown[] = []) {
  const dataDir = scratch();
  mkdirSync(`${dataDir}/homes/${agent}/.gemini`, { recursive: true });
  for (const file of files) writeFileSync(`${dataDir}/homes/${agent}/${file}`, '');
  const notes: string[] = [];
  const report = { ...silentReport, note: (line: string) => void notes.push(line) };
  const context = { config: DEFAULT_CONFIG, paths: { dataDir }, report };
  const plan = { agent, secrets: { grants, offered: [] } };
  tellKeyless(plan as unknown as Parameters<typeof tellKeyless>[0], context as SessionContext);
  return notes;
}

describe('after a failure', () => {
  it('an agent without a key and a login is told of, with what to type', () => {
    expect(told('gemini')).toEqual([
      'gemini had no key and no login; to give it one:  ct secrets set GEMINI_API_KEY && ct secrets grant gemini GEMINI_API_KEY',
    ]);
  });

  it('others are not: with a login, with a grant, or without any need', () => {
    expect(told('gemini', ['.gemini/oauth_creds.json'])).toEqual([]);
    expect(told('gemini', [], [{ name: 'GEMINI_API_KEY' }])).toEqual([]);
    expect(told('shell')).toEqual([]);
  });
});
