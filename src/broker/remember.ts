import { writeFileAtomic } from '../host/files.ts';
import { withLock } from '../host/lock.ts';
import { answersPath, readAnswers, type Answer } from './remembered.ts';

/** Keeps an answer, or with `undefined` forgets it. Errors: those of the file system */
export async function rememberAnswer(
  agent: string,
  name: string,
  answer: Answer | undefined,
  stateDir: string,
): Promise<void> {
  await withLock({ dir: stateDir, name: 'grants' }, {}, async () => {
    const answers = readAnswers(stateDir);
    const mine: Record<string, Answer> = { ...answers[agent] };
    if (answer === undefined) delete mine[name];
    else mine[name] = answer;
    const text = JSON.stringify({ ...answers, [agent]: mine }, null, 2);
    writeFileAtomic(answersPath(stateDir), `${text}\n`);
  });
}
