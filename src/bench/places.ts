import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { dataPath, readData } from '../host/assets.ts';
import { resolvePaths } from '../host/paths.ts';
import { parseBudgets, type Budget } from './budgets.ts';
import { renderPage } from './html/page.ts';
import type { Verdict } from './judge.ts';
import type { BenchReport } from './result.ts';
import { readHistory } from './results.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** Figures, and what is to be thought of them. */
export interface Judged {
  readonly report: BenchReport;
  readonly verdicts: readonly Verdict[];
}

/** The budgets that came with this installation. Errors: internal when they are missing */
export function readBudgets(): readonly Budget[] {
  return parseBudgets(
    readData('bench', 'budgets.toml'),
    SCENARIOS.map(({ id }) => id),
  );
}

/** Where `--save` keeps figures unless told otherwise. */
export function savedDir(env: NodeJS.ProcessEnv, uid: number): string {
  return `${resolvePaths(env, uid).stateDir}/bench`;
}

/** Writes the page; its history is what was published with this installation and what was saved here. */
export function writePage(path: string, judged: Judged, saved: string): void {
  const history = readHistory([dataPath('bench', 'results'), saved]);
  writeFileSync(resolve(path), renderPage({ ...judged, history }));
}
