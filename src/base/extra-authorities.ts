/**
 * Node reads the file that NODE_EXTRA_CA_CERTS names before anything else, a millisecond for each
 * certificate in it: where a company hands out a whole bundle, that is three times what Node's start takes
 * otherwise, and ct has no use for it (what it asks over TLS it tells whom to trust). So the shell's line
 * at the top of the program (setup/launcher.mjs) gives the variable this name.
 */
const AWAY = 'CT_EXTRA_CA_CERTS';
const KNOWN = 'NODE_EXTRA_CA_CERTS';

/** Gives it back to the code that reads and passes on the user's environment. */
export function restoreAuthorities(env: NodeJS.ProcessEnv): void {
  const file = env[AWAY];
  delete env[AWAY];
  if (file !== undefined && file !== '') env[KNOWN] ??= file;
}

/** An environment for a ct that is started directly with Node. */
export function withoutAuthorities(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [KNOWN]: file, ...rest } = env;
  return file === undefined ? rest : { ...rest, [AWAY]: file };
}
