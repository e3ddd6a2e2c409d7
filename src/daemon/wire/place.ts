/** Socket of the user's service. */
export function daemonSocket(runtimeDir: string): string {
  return `${runtimeDir}/ct/daemon.sock`;
}

/** What whoever talks to the service shows: only the account itself can read it. */
export function daemonKey(runtimeDir: string): string {
  return `${runtimeDir}/ct/daemon.key`;
}
