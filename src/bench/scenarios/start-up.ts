import { programCase } from '../cases.ts';
import { ctCommand, type Bench, type Case, type Scenario } from '../scenario.ts';

/** What a user pays before `ct` does anything: beside an empty program of the same Node. */
export const VERSION: Scenario = {
  id: 'version',
  family: 'version',
  title: 'ct --version',
  rounds: (asked) => asked,
  open: async (bench) => ({
    cases: [programCase('ct', 'ct', ctCommand(bench, ['--version']), bench), emptyNode(bench)],
    missing: [],
  }),
};

/** Everything of a run that is not the engine's: configuration, facts, plan. */
export const DRY_RUN: Scenario = {
  id: 'dry-run',
  family: 'dry-run',
  title: 'ct run --dry-run shell',
  rounds: (asked) => asked,
  open: async (bench) => ({
    cases: [
      programCase('ct', 'ct', ctCommand(bench, ['run', '--dry-run', 'shell']), bench),
      emptyNode(bench),
    ],
    missing: [],
  }),
};

function emptyNode(bench: Bench): Case {
  const [program] = bench.self;
  return programCase('node -e 0', 'peer', { program, args: ['-e', '0'], env: bench.env }, bench);
}
