/** Whose settings a pull follows. */
export interface Account {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** `XDG_RUNTIME_DIR` */
  readonly runtimeDir: string;
  /** ct's own */
  readonly stateDir: string;
}
