import { existsSync } from 'node:fs';
import { CtError, type ErrorCode } from '../base/errors.ts';
import { generationBinDir } from '../base/layout.ts';
import { ENTRIES, isProgramName, makeGeneration, type ProgramLink } from '../host/generations.ts';
import type { FailedPackage, InstalledProgram } from '../image/installed.ts';
import { entryOf, isSame, type WantedProgram } from '../plan/packages.ts';
import { installFailure } from './install-failure.ts';
import { runStep } from './long-log.ts';
import { newRun, runPackage, runVerification, type PackageTools } from './package-tools.ts';

/** What an installation has come to so far. */
export interface Progress {
  readonly programs: readonly InstalledProgram[];
  readonly failed: readonly FailedPackage[];
  /** Whether anything is new */
  readonly isChanged: boolean;
}

/** What the next package would meet too. */
const ENDS_ALL: readonly ErrorCode[] = ['canceled', 'resource_exhausted', 'internal'];

/** What one package came to. */
type Outcome = { readonly installed: InstalledProgram } | { readonly failed: FailedPackage };

/**
 * Installs each of `wanted` that `isUpToDate` does not hold for. One that fails does not stop the others,
 * and leaves what was there before of the same package.
 */
export async function installPrograms(
  wanted: readonly WantedProgram[],
  before: readonly InstalledProgram[],
  isUpToDate: (wanted: WantedProgram, there: InstalledProgram) => boolean,
  tools: PackageTools,
): Promise<Progress> {
  const programs: InstalledProgram[] = [];
  const failed: FailedPackage[] = [];
  let isChanged = false;
  let generation: string | undefined;
  for (const one of wanted) {
    const there = before.find(
      (known) => isSame(known, one) && existsSync(`${tools.root}/${ENTRIES}/${known.entry}`),
    );
    const isCommand = one.manager === 'post_install';
    if (there !== undefined && isUpToDate(one, there) && !(isCommand && isChanged)) {
      programs.push(there);
      continue;
    }
    // The user's own lines may use what was installed before them.
    if (isCommand) generation ??= newGeneration(programs, tools);
    const outcome = await installProgram(one, generation, tools);
    if ('installed' in outcome) {
      programs.push(outcome.installed);
      isChanged = true;
      continue;
    }
    failed.push(outcome.failed);
    if (there !== undefined) programs.push(there);
  }
  return { programs, failed, isChanged };
}

async function installProgram(
  wanted: WantedProgram,
  generation: string | undefined,
  tools: PackageTools,
): Promise<Outcome> {
  const { manager, name } = wanted;
  const run = newRun();
  const title = manager === 'post_install' ? 'post_install command' : `${name} from ${manager}`;
  const report = tools.context.report;
  try {
    return await runStep(`installing ${title}`, { report, log: tools.log }, async (onLine) => {
      const { status, lines } = await runPackage(wanted, run, generation, tools, onLine);
      if (status !== 0) throw installFailure(name, status, lines);
      return { installed: installedFrom(wanted, run, lines) };
    });
  } catch (thrown) {
    tools.signal?.throwIfAborted();
    const error = CtError.from(thrown);
    if (ENDS_ALL.includes(error.code)) throw error;
    const reason = error.message.replace(`${name} could not be installed: `, '');
    return { failed: { manager, name, reason } };
  }
}

/** What templates/install-package.sh says at its end. */
export function installedFrom(
  wanted: WantedProgram,
  run: string,
  lines: readonly string[],
): InstalledProgram {
  const said = (word: string): readonly string[] =>
    lines.flatMap((line) => {
      const [first, second = ''] = line.split('\t');
      return first === word ? [second] : [];
    });
  return {
    manager: wanted.manager,
    name: wanted.name,
    wanted: wanted.version,
    version: said('ct-installed').at(-1) ?? '',
    entry: entryOf(wanted, run),
    programs: said('ct-program').filter(isProgramName),
  };
}

/** A generation with these programs; of two of one name the first counts. */
export function newGeneration(programs: readonly InstalledProgram[], tools: PackageTools): string {
  const links = new Map<string, ProgramLink>();
  for (const { manager, name, entry, programs: names } of programs) {
    const dir = manager === 'pip' ? 'programs' : 'bin';
    for (const program of names) {
      if (links.has(program)) {
        tools.context.report.warn(
          `${name} (${manager}) has ${program} too: another one comes first`,
        );
      } else links.set(program, { name: program, path: `${entry}/${dir}/${program}` });
    }
  }
  const id = newRun();
  makeGeneration(tools.root, id, [...links.values()]);
  return id;
}

/** What a look at the programs and packages has found. */
export interface Verified {
  /** Versions of Debian packages that are there */
  readonly debian: Readonly<Record<string, string>>;
  /** Programs that do not start, with the reason */
  readonly broken: ReadonlyMap<string, string>;
}

/**
 * Starts every program of a generation, in a container like a session's, and asks for the Debian packages.
 *
 * Errors: failed_precondition when not even that container could run
 */
export async function verifyPackages(
  programs: readonly InstalledProgram[],
  debian: readonly string[],
  generation: string,
  tools: PackageTools,
): Promise<Verified> {
  const dir = generationBinDir(tools.context.instance(), generation);
  const asked = {
    programs: programs.flatMap((one) => one.programs.map((program) => `${dir}/${program}`)),
    debian,
  };
  const { report } = tools.context;
  const { status, lines } = await runStep('verifying', { report, log: tools.log }, (onLine) =>
    runVerification(asked, generation, tools, onLine),
  );
  if (status !== 0) {
    throw new CtError('failed_precondition', 'what was installed could not be verified', {
      hint: `what was there before stays in use\nlog: ${tools.log.path}`,
    });
  }
  return readVerification(lines);
}

/** What templates/verify-packages.sh says. */
export function readVerification(lines: readonly string[]): Verified {
  const debian: Record<string, string> = {};
  const broken = new Map<string, string>();
  for (const line of lines) {
    const [word, first = '', second = ''] = line.split('\t');
    if (word === 'ct-debian') debian[first] = second;
    if (word === 'ct-broken') broken.set(first.slice(first.lastIndexOf('/') + 1), second);
  }
  return { debian, broken };
}
