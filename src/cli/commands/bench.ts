import { Command, Option } from '../library.ts';
import { EXIT } from '../../base/exit.ts';
import type { Verdict } from '../../bench/judge.ts';
import type { BenchReport } from '../../bench/result.ts';
import { CtCommand } from '../command.ts';
import { parseRounds } from '../options/rounds.ts';
import { refuseRoot } from '../root.ts';

/** `ct bench`: how fast sessions are here, beside what else starts programs. */
export default class BenchCommand extends CtCommand {
  static override paths = [['bench']];
  static override rest = '[scenario]...';
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Measure how fast ct is here, beside podman, bwrap and others',
    details: `
      Measures scenarios in turn with their peers, in an order that changes from round to round, and says
      percentiles and how many times as long \`ct\` takes. Without names it measures all of them, which
      takes many minutes: version, dry-run, cold, standby, exec, execs, import and sessions, or one of a family,
      such as \`cold-strict\`. What it cannot measure here it names, with the reason.

      With \`--check\` it exits with 1 when a budget of \`bench/budgets.toml\` is broken, and says which.
      What is measured, and how to read it: docs/bench.md.
    `,
    examples: [
      ['All of it, as a page with plots', '$0 bench --html bench.html'],
      ['How fast is a strict session?', '$0 bench cold-strict --rounds 10'],
      ['Did it get slower?', '$0 bench version cold --check'],
      ['Look at saved figures again', '$0 bench --from bench.json'],
    ],
  });

  rounds = Option.String('--rounds', { description: 'how many rounds count; 30 unless given' });
  html = Option.String('--html', { description: 'write a page with plots to this file' });
  save = Option.String('--save', {
    tolerateBoolean: true,
    description: 'keep the figures for later pages; --save=DIR keeps them there',
  });
  from = Option.String('--from', { description: 'show saved figures and measure nothing' });
  check = Option.Boolean('--check', false, { description: 'exit with 1 when a budget is broken' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  scenarios = Option.Rest({ name: 'scenario' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const { readBudgets } = await import('../../bench/places.ts');
    const { judgeReport } = await import('../../bench/judge.ts');
    // What could fail does so before minutes of measuring, not after them.
    const budgets = readBudgets();
    await this.#checkPlaces();
    const report = this.from === undefined ? await this.#measure() : await this.#read(this.from);
    const verdicts = judgeReport(report, budgets);
    const { stdout, colorDepth } = this.context;
    const { columns = 80 } = stdout as { readonly columns?: number };
    const output = await this.openOutput();
    await output.bench({ report, verdicts }, { columns, colour: colorDepth > 1 });
    await this.#keep(report, verdicts);
    if (report.missing.some(({ failed }) => failed)) return EXIT.answerIsNo;
    return this.check ? this.#answer(verdicts) : EXIT.done;
  }

  async #measure(): Promise<BenchReport> {
    const rounds = parseRounds(this.rounds);
    const { chooseScenarios } = await import('../../bench/scenarios/index.ts');
    const scenarios = chooseScenarios(this.scenarios);
    await refuseRoot(this.context.uid, ['bench', ...this.scenarios]);
    return this.withSessions(async (context) => {
      const { runBench } = await import('../../bench/run.ts');
      return runBench({ scenarios, rounds }, context);
    });
  }

  async #read(path: string): Promise<BenchReport> {
    const { readReport } = await import('../../bench/results.ts');
    return readReport(path);
  }

  /** Errors: see `checkSavePlace` and `checkPagePlace` */
  async #checkPlaces(): Promise<void> {
    if (this.save === undefined && this.html === undefined) return;
    const { checkPagePlace, checkSavePlace } = await import('../../bench/results.ts');
    if (this.save !== undefined) checkSavePlace(await this.#saveDir());
    if (this.html !== undefined) checkPagePlace(this.html);
  }

  async #saveDir(): Promise<string> {
    if (typeof this.save === 'string') return this.save;
    const { savedDir } = await import('../../bench/places.ts');
    return savedDir(this.context.env, this.context.uid);
  }

  /** Writes what was asked for: the figures and the page. */
  async #keep(report: BenchReport, verdicts: readonly Verdict[]): Promise<void> {
    if (this.save === undefined && this.html === undefined) return;
    const { savedDir, writePage } = await import('../../bench/places.ts');
    if (this.save !== undefined) {
      const { saveReport } = await import('../../bench/results.ts');
      this.openReport().note(`the figures are in ${saveReport(report, await this.#saveDir())}`);
    }
    if (this.html === undefined) return;
    writePage(this.html, { report, verdicts }, savedDir(this.context.env, this.context.uid));
    this.openReport().note(`the page is ${this.html}`);
  }

  /** No budget for what was measured is no: such a check would guard nothing. */
  async #answer(verdicts: readonly Verdict[]): Promise<number> {
    const { verdictLine } = await import('../../bench/judge.ts');
    const report = this.openReport();
    const broken = verdicts.filter(({ standing }) => standing === 'broken');
    for (const verdict of broken) report.warn(`budget broken: ${verdictLine(verdict)}`);
    const judged = verdicts.filter(({ standing }) => standing !== 'absent');
    if (judged.length === 0) report.warn('nothing that was measured has a budget');
    return broken.length > 0 || judged.length === 0 ? EXIT.answerIsNo : EXIT.done;
  }
}
