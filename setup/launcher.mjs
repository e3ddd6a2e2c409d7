// @ts-check
/**
 * The first lines of the program, which are shell and JavaScript at once. A variable that Node reads before
 * any of our lines takes another name on the way (src/base/extra-authorities.ts says why).
 */

/** @param {string} node program that runs the rest: a name, or a path of plain characters */
export function launcher(node) {
  const away =
    '[ -z "$NODE_EXTRA_CA_CERTS" ] || { CT_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS; export CT_EXTRA_CA_CERTS; unset NODE_EXTRA_CA_CERTS; }';
  return `#!/bin/sh\n':' //; ${away}; exec ${node} "$0" "$@"\n`;
}

/**
 * A built program's text with another Node.
 * @param {string} text
 * @param {string} node
 */
export function withNode(text, node) {
  const built = launcher('node');
  if (!text.startsWith(built))
    throw new Error('the program does not begin as build.mjs has it begin');
  return launcher(node) + text.slice(built.length);
}
