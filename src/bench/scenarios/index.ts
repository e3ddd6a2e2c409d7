import { CtError } from '../../base/errors.ts';
import { nearestWord } from '../../base/suggest.ts';
import { printable } from '../../base/text.ts';
import { FAMILIES, type Scenario } from '../scenario.ts';
import { coldScenario } from './cold.ts';
import { execScenario } from './exec.ts';
import { IMPORT } from './import.ts';
import { runtimeScenario } from './runtimes.ts';
import { sessionsScenario } from './sessions.ts';
import { standbyScenario } from './standby.ts';
import { DRY_RUN, VERSION } from './start-up.ts';

/** Everything there is to measure, the quickest first. */
export const SCENARIOS: readonly Scenario[] = [
  VERSION,
  DRY_RUN,
  coldScenario('offline', 'podman'),
  coldScenario('strict', 'podman'),
  coldScenario('permissive', 'podman'),
  runtimeScenario('crun'),
  runtimeScenario('runc'),
  coldScenario('offline', 'containerd'),
  coldScenario('strict', 'containerd'),
  coldScenario('permissive', 'containerd'),
  // Before a service is started for those that follow.
  execScenario({ count: 1 }),
  execScenario({ count: 1, kind: 'containerd' }),
  execScenario({ count: 4 }),
  execScenario({ count: 16 }),
  execScenario({ count: 1, isServed: true }),
  execScenario({ count: 1, kind: 'containerd', isServed: true }),
  coldScenario('offline', 'podman', { isServed: true }),
  coldScenario('strict', 'podman', { isServed: true }),
  coldScenario('offline', 'containerd', { isServed: true }),
  coldScenario('strict', 'containerd', { isServed: true }),
  standbyScenario('offline'),
  standbyScenario('strict'),
  IMPORT,
  sessionsScenario(10),
  sessionsScenario(50),
];

/**
 * The scenarios that words stand for, each by its id or all of a family; all of them without words.
 *
 * Errors: invalid_argument
 */
export function chooseScenarios(words: readonly string[]): readonly Scenario[] {
  for (const word of words) {
    if (!SCENARIOS.some((scenario) => isMeant(scenario, word))) throw noScenario(word);
  }
  return words.length === 0
    ? SCENARIOS
    : SCENARIOS.filter((scenario) => words.some((word) => isMeant(scenario, word)));
}

function isMeant({ id, family }: Scenario, word: string): boolean {
  return id === word || family === word;
}

function noScenario(word: string): CtError {
  const families = Object.keys(FAMILIES);
  const near = nearestWord(word, [...families, ...SCENARIOS.map(({ id }) => id)]);
  return new CtError('invalid_argument', `there is no scenario '${printable(word)}'`, {
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}scenarios: ${families.join(', ')}`,
  });
}
