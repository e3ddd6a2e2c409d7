import { lstatSync, readFileSync } from 'node:fs';

/** What the user said about an agent and a secret. */
export type Answer = 'granted' | 'refused';

/** Agent → secret → answer. */
export type Answers = Readonly<Record<string, Readonly<Record<string, Answer>>>>;

/** Where they are kept. */
export function answersPath(stateDir: string): string {
  return `${stateDir}/grants.json`;
}

/**
 * What the user granted or refused so far. A file that somebody else could have written, or that cannot
 * be read, grants nothing.
 */
export function readAnswers(stateDir: string): Answers {
  const path = answersPath(stateDir);
  try {
    const stat = lstatSync(path);
    if (!stat.isFile() || stat.uid !== process.getuid?.() || (stat.mode & 0o022) !== 0) return {};
    return answersIn(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}

function answersIn(document: unknown): Answers {
  const answers: Record<string, Record<string, Answer>> = {};
  for (const [agent, names] of Object.entries((document ?? {}) as Record<string, unknown>)) {
    const known = Object.entries((names ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, Answer] => entry[1] === 'granted' || entry[1] === 'refused',
    );
    answers[agent] = Object.fromEntries(known);
  }
  return answers;
}
