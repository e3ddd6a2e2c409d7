/** Directory of the control sockets of this account's sessions. */
export function controlDir(runtimeDir: string): string {
  return `${runtimeDir}/ct/sessions`;
}

/** The control socket of one session. */
export function controlPath(runtimeDir: string, session: string): string {
  return `${controlDir(runtimeDir)}/${session}.sock`;
}

/** The network log of one session: a {@link NetworkRecord} a line, kept after its end. */
export function networkLogPath(stateDir: string, session: string): string {
  return `${stateDir}/audit/${session}.network.jsonl`;
}
