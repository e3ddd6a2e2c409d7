// @ts-check
/**
 * The first lines of the program, which are shell and JavaScript at once. A variable that Node reads before
 * any of our lines takes another name on the way (src/base/extra-authorities.ts says why).
 */

/**
 * @param {string} node program that runs the rest: a name, or a path of plain characters
 * @param {import('./snapshot.mjs').Snapshot} [snapshot] what that Node may start from
 */
export function launcher(node, snapshot) {
  const away =
    '[ -z "$NODE_EXTRA_CA_CERTS" ] || { CT_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS; export CT_EXTRA_CA_CERTS; unset NODE_EXTRA_CA_CERTS; }';
  const quick = snapshot === undefined ? '' : `${fromSnapshot(node, snapshot)}; `;
  return `#!/bin/sh\n':' //; ${away}; ${quick}exec ${node} "$0" "$@"\n`;
}

/**
 * Whether a shell reads a path as it is.
 * @param {string} path
 */
export function isPlain(path) {
  return /^[\w./+@-]+$/.test(path);
}

/** Keys of /proc/cpuinfo, as patterns, that decide what V8 makes of a processor: the first part is x86's, the other Arm's. */
const CPU_KEYS = 'vendor_id*|cpu?family*|model*|stepping*|flags*|Features*|CPU?*';

/**
 * Node refuses a snapshot of another Node, of other flags or of another processor, with an error: so each of these is
 * looked at before, without starting a program.
 * @param {string} node
 * @param {import('./snapshot.mjs').Snapshot} snapshot
 */
function fromSnapshot(node, { blob, code, cpu }) {
  const isSame = `[ -e ${blob} ] && [ -e ${code} ] && ! [ ${code} -nt ${blob} ] && ! [ ${code} -ot ${blob} ]`;
  const isSameCpu = `${readCpu('_ct_cpu')}; read -r _ct_made <${cpu}; [ "$_ct_cpu" = "$_ct_made" ]`;
  const start = `exec ${node} --snapshot-blob=${blob} "$0" "$@"`;
  return `if [ -z "$NODE_OPTIONS" ] && ${isSame}; then { ${isSameCpu}; } 2>/dev/null && ${start}; unset _ct_cpu _ct_line _ct_made; fi`;
}

/**
 * Shell that has what matters of the first processor in a variable, on one line; nothing where there is no such file.
 * @param {string} name
 */
export function readCpu(name) {
  const keep = `case $_ct_line in '') break;; ${CPU_KEYS}) ${name}="$${name}$_ct_line;";; esac`;
  return `${name}=; [ -r /proc/cpuinfo ] && while read -r _ct_line; do ${keep}; done </proc/cpuinfo`;
}

/**
 * A built program's text with another Node.
 * @param {string} text
 * @param {string} node
 * @param {import('./snapshot.mjs').Snapshot} [snapshot]
 */
export function withNode(text, node, snapshot) {
  const built = launcher('node');
  if (!text.startsWith(built))
    throw new Error('the program does not begin as build.mjs has it begin');
  return launcher(node, snapshot) + text.slice(built.length);
}
