/**
 * Whether text on a stream may have colours: what the user says (`FORCE_COLOR`, `NO_COLOR`), else whether
 * the stream is a terminal that has them. An empty `NO_COLOR` says nothing; `FORCE_COLOR=0` says no.
 *
 * Source: no-color.org; force-color.org; Node's `tty.WriteStream.getColorDepth`
 */
export function wantsColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { NO_COLOR: no = '', FORCE_COLOR: force } = env;
  if (force !== undefined && force !== '') return !['0', 'false'].includes(force);
  return no === '' && isTerminal && canMove(env);
}

/** Whether a terminal knows how to go back to the beginning of a line: a progress line needs no more. */
export function canMove(env: NodeJS.ProcessEnv): boolean {
  return env['TERM'] !== 'dumb';
}
