import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';

/** What a build does, in order. */
export type Step =
  | { readonly kind: 'copy'; readonly sources: readonly string[]; readonly target: string }
  | {
      readonly kind: 'run';
      readonly command: string;
      /** The line as it was written, for messages */
      readonly line: string;
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
      readonly mounts: readonly LentMount[];
    };

/** A part of the context, lent to one step. */
export interface LentMount {
  readonly source: string;
  readonly target: string;
}

/** A Containerfile, read. */
export interface BuildPlan {
  readonly base: string;
  readonly steps: readonly Step[];
  /** Set by the file; the caller's own labels come on top */
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Says how an image is run, which ct decides itself: read over. */
const WITHOUT_EFFECT = new Set([
  'CMD',
  'ENTRYPOINT',
  'EXPOSE',
  'HEALTHCHECK',
  'STOPSIGNAL',
  'VOLUME',
  'MAINTAINER',
]);

/**
 * Reads a Containerfile of one stage, as far as ct's own use it.
 *
 * Errors: unsupported for any other instruction, flag or form, with its line: a step that was left out
 * in silence would be another image
 * Source: Containerfile(5)
 */
export function readContainerfile(text: string, args: Readonly<Record<string, string>>): BuildPlan {
  const state: State = { base: '', steps: [], labels: {}, env: {}, args: {}, cwd: '/' };
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/su.exec(line) ?? [];
    const name = word.toUpperCase();
    if (WITHOUT_EFFECT.has(name)) continue;
    const apply = INSTRUCTIONS[name];
    if (apply === undefined) throw refused(line);
    apply(state, rest.trim(), line, args);
  }
  if (state.base === '') throw new CtError('invalid_argument', 'the Containerfile has no FROM');
  return state;
}

interface State {
  base: string;
  readonly steps: Step[];
  readonly labels: Record<string, string>;
  readonly env: Record<string, string>;
  readonly args: Record<string, string>;
  cwd: string;
}

type Instruction = (
  state: State,
  rest: string,
  line: string,
  args: Readonly<Record<string, string>>,
) => void;

const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  FROM: (state, rest, line) => {
    if (state.base !== '' || /\s/u.test(rest)) throw refused(line);
    state.base = expand(rest, state);
  },
  ARG: (state, rest, _line, args) => {
    const [name = '', given] = split(rest, '=');
    const value = args[name] ?? (given === undefined ? undefined : unquote(expand(given, state)));
    if (value !== undefined) state.args[name] = value;
  },
  ENV: (state, rest, line) => Object.assign(state.env, pairs(expand(rest, state), line)),
  LABEL: (state, rest, line) => Object.assign(state.labels, pairs(expand(rest, state), line)),
  WORKDIR: (state, rest) => {
    const dir = unquote(expand(rest, state));
    state.cwd = dir.startsWith('/') ? dir : `${state.cwd.replace(/\/$/u, '')}/${dir}`;
  },
  // Steps run as root, as ct's own do; how a session runs is its plan's business.
  USER: (_state, rest, line) => {
    if (!/^(?:0|root)(?::(?:0|root))?$/u.test(rest)) throw refused(line);
  },
  COPY: (state, rest, line) => {
    const words = expand(rest, state).split(/\s+/u).map(unquote);
    const target = words.pop();
    if (
      target === undefined ||
      words.length === 0 ||
      words.some((word) => /^--|[*?[]/u.test(word))
    ) {
      throw refused(line);
    }
    state.steps.push({ kind: 'copy', sources: words, target });
  },
  RUN: (state, rest, line) => {
    const { command, mounts } = lentMounts(rest, line);
    if (command.startsWith('[') || command.startsWith('<<')) throw refused(line);
    const env = { ...state.args, ...state.env };
    state.steps.push({ kind: 'run', command, line, env, cwd: state.cwd, mounts });
  },
};

function lentMounts(rest: string, line: string): { command: string; mounts: LentMount[] } {
  const mounts: LentMount[] = [];
  let command = rest;
  for (;;) {
    const found = /^--(\S+)\s+/u.exec(command);
    if (found === null) return { command, mounts };
    const options = /^mount=type=bind,(.*)$/u.exec(found[1] ?? '')?.[1];
    if (options === undefined) throw refused(line);
    const fields = Object.fromEntries(options.split(',').map((field) => split(field, '=')));
    const { target, source = '', ...others } = fields as Record<string, string | undefined>;
    if (target === undefined || Object.keys(others).length > 0) throw refused(line);
    mounts.push({ source, target });
    command = command.slice(found[0].length);
  }
}

/** Lines without comments; a backslash at the end joins the next. */
function logicalLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/u.test(line))
    .join('\n')
    .replace(/\\\n/gu, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `$NAME` and `${NAME}`; an unknown one is empty, as a shell has it. */
function expand(text: string, { args, env }: State): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/gu, (_all, braced?: string, plain?: string) => {
    const name = braced ?? plain ?? '';
    return env[name] ?? args[name] ?? '';
  });
}

function pairs(text: string, line: string): Readonly<Record<string, string>> {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/gu) ?? [];
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', value] = split(word, '=');
      if (value === undefined) throw refused(line);
      return [unquote(name), unquote(value)];
    }),
  );
}

function split(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function unquote(word: string): string {
  return /^"(.*)"$/su.exec(word)?.[1] ?? /^'(.*)'$/su.exec(word)?.[1] ?? word;
}

function refused(line: string): CtError {
  return new CtError(
    'unsupported',
    `ct builds no image on containerd with the line: ${printable(line)}`,
    { hint: 'it knows FROM, ARG, ENV, LABEL, WORKDIR, COPY and RUN in their plain forms' },
  );
}
