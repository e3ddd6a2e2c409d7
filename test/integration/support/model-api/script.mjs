// @ts-check
/**
 * The one task that every model of the suite gives its agent: read a file, change it, run a command,
 * say that it is done. Protocols translate it; what the agent answers is what they are judged by.
 */

/**
 * @typedef {{ do: 'read', file: string }
 *   | { do: 'edit', file: string, from: string, to: string }
 *   | { do: 'run', command: string }
 *   | { do: 'say', text: string }} Step
 */

/**
 * The step after `answered` results of tools.
 * @param {string} dir the project, as the agent sees it
 * @param {number} answered
 * @returns {Step}
 */
export function stepAfter(dir, answered) {
  /** @type {Step[]} */
  const steps = [
    { do: 'read', file: `${dir}/notes.txt` },
    { do: 'edit', file: `${dir}/notes.txt`, from: 'colour: red', to: 'colour: green' },
    { do: 'run', command: 'wc -l notes.txt > counted.txt && uname -s >> counted.txt' },
  ];
  return steps[answered] ?? { do: 'say', text: 'TASK COMPLETE' };
}

/**
 * Arguments for a tool by the names that its own schema gives them.
 * @param {Step} step
 * @param {Record<string, unknown>} properties of the tool's schema
 * @returns {Record<string, unknown>}
 */
export function argumentsFor(step, properties) {
  /** @type {Record<string, unknown>} */
  const known = {};
  const put = (/** @type {string[]} */ names, /** @type {unknown} */ value) => {
    const name = names.find((candidate) => candidate in properties);
    if (name !== undefined) known[name] = value;
  };
  if (step.do === 'read' || step.do === 'edit')
    put(['file_path', 'absolute_path', 'path'], step.file);
  if (step.do === 'edit') {
    put(['old_string'], step.from);
    put(['new_string'], step.to);
    put(['instruction'], 'Change the colour from red to green, as asked.');
  }
  if (step.do === 'run') {
    put(['command', 'cmd'], step.command);
    put(['description'], 'Count the lines');
    put(['is_background'], false);
  }
  return known;
}

/** Names of tools, by what they do. Agents call them differently. */
export const TOOL_NAMES = {
  read: /^(?:read|read_file)$/iu,
  edit: /^(?:edit|edit_file|replace)$/iu,
  run: /^(?:bash|run_shell_command|shell|shell_command|exec_command)$/iu,
};
