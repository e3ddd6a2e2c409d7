/** Directory of the control sockets of this account's sessions. */
export function controlDir(runtimeDir: string): string {
  return `${runtimeDir}/ct/sessions`;
}

/** The control socket of one session. */
export function controlPath(runtimeDir: string, session: string): string {
  return `${controlDir(runtimeDir)}/${session}.sock`;
}
