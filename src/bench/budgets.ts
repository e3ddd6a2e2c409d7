import { CtError } from '../base/errors.ts';
import { PHASES } from '../base/phases.ts';
import type { Phase } from '../base/spans.ts';
import { parseTomlText } from '../config/toml.ts';
import type { FigureName } from './result.ts';

/** What a scenario may take, as multiples of one of its peers, so that no machine is too slow for it. */
export interface Budget {
  readonly scenario: string;
  readonly peer: string;
  /** The most that each figure may be; more is a broken budget */
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  /** What is hoped for; missing it breaks nothing */
  readonly goals: Readonly<Partial<Record<FigureName, number>>>;
  /** The most that a phase may be, of the peer's `total` */
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
}

const FIGURES: readonly FigureName[] = ['first byte', 'total', 'gone'];

/**
 * The text of `budgets.toml`: a table for each scenario.
 *
 * Errors: invalid_argument for what is no budget: a word that nobody knows would guard nothing
 */
export function parseBudgets(text: string, scenarios: readonly string[]): readonly Budget[] {
  return Object.entries(parseTomlText(text)).map(([scenario, table]) => {
    if (!scenarios.includes(scenario)) throw wrong(scenario, 'is no scenario');
    const { peer, figures, goals, phases, ...others } = asTable(table, scenario);
    const [other] = Object.keys(others);
    if (other !== undefined) throw wrong(`${scenario}.${other}`, 'is not known');
    if (typeof peer !== 'string') throw wrong(`${scenario}.peer`, 'is missing');
    return {
      scenario,
      peer,
      figures: numbers(figures, `${scenario}.figures`, FIGURES),
      goals: numbers(goals, `${scenario}.goals`, FIGURES),
      phases: numbers(phases, `${scenario}.phases`, Object.keys(PHASES) as Phase[]),
    };
  });
}

function numbers<Name extends string>(
  value: unknown,
  at: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, number>>> {
  const result: Partial<Record<Name, number>> = {};
  for (const [key, most] of Object.entries(value === undefined ? {} : asTable(value, at))) {
    const name = names.find((one) => one === key);
    if (name === undefined) throw wrong(`${at}.${key}`, 'is not known');
    if (typeof most !== 'number' || !(most > 0))
      throw wrong(`${at}.${key}`, 'is no number above 0');
    result[name] = most;
  }
  return result;
}

function asTable(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(at, 'is no table');
  }
  return value as Readonly<Record<string, unknown>>;
}

function wrong(at: string, what: string): CtError {
  return new CtError('invalid_argument', `budgets.toml: ${at} ${what}`);
}
