// @ts-check
/**
 * Which modules of the program lie in which file of `dist/`. A file is read whole, and V8's cache of it as well, so what
 * nearly every start needs is by itself (docs/adr/0004).
 */

/** Name of the file that is loaded first. */
const FIRST = 'cli';
/** Name of the file of all that no other has. */
const REST = 'rest';

/**
 * Sources whose modules lie in a file, with all that they import statically: the first file that claims one has it.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const PARTS = {
  // An exec that the service serves, and a run until it meets the engine.
  [FIRST]: [
    ...['src/cli/main.ts', 'src/cli/quick-exec.ts', 'src/session/exec.ts'],
    ...['src/session/launcher/claim.ts', 'src/session/launcher/lines.ts'],
    ...['src/daemon/wire/call.ts', 'src/session/daemon.ts'],
    ...['src/session/plan.ts', 'src/session/start.ts', 'src/plan/network.ts'],
    ...['src/session/standby/launch.ts', 'src/session/at-gate.ts', 'src/session/packages.ts'],
    ...['src/host/registries.ts', 'src/host/stub-guard.ts'],
    ...['src/session/review.ts', 'src/session/start-detached.ts'],
    // What the parser of the configuration shares with others.
    ...['src/config/values.ts', 'src/base/units.ts'],
  ],
  // What else such a run has with Podman, and the commands for sessions that are there.
  engine: [
    ...['src/engine/open.ts', 'src/engine/podman/open.ts', 'src/session/network.ts'],
    ...['src/gateway/owner/remembered.ts', 'src/session/launcher/next.ts'],
    ...['src/cli/main-by-library.ts', 'src/cli/commands/run.ts', 'src/cli/commands/exec.ts'],
    ...['src/cli/commands/ps.ts', 'src/session/list.ts', 'src/session/measure.ts'],
    ...['src/cli/commands/stop.ts', 'src/session/stop.ts'],
    ...['src/session/follow.ts', 'src/secrets/gate-lines.ts', 'src/session/tell-network.ts'],
    ...['src/session/tell-keyless.ts'],
    ...['src/session/standby/next.ts', 'src/cli/tell-timing.ts'],
  ],
  containerd: ['src/engine/containerd/open.ts', 'src/session/relay-line.ts'],
  // Who has a config.toml, or rules for the network.
  config: ['src/config/parse.ts', 'src/plan/check-network.ts'],
  suffixes: ['src/network/public-suffix.ts'],
  // An agent that has been granted something.
  secrets: ['src/session/deliver-secrets.ts'],
  // A run that serves its network itself.
  gateway: ['src/gateway/served-session.ts'],
};

/**
 * @param {import('esbuild').Metafile} meta Of a build with splitting
 * @returns {(output: string) => string} The part of a module, by its name in `meta`
 */
export function partsOf({ outputs }) {
  /** @type {Map<string, string>} */
  const parts = new Map();
  for (const [part, sources] of Object.entries(PARTS)) {
    /** @type {(output: string) => void} */
    const claim = (output) => {
      if (parts.has(output)) return;
      parts.set(output, part);
      for (const { path, kind } of outputs[output]?.imports ?? []) {
        if (kind === 'import-statement' && outputs[path] !== undefined) claim(path);
      }
    };
    for (const source of sources) claim(moduleOf(outputs, source));
  }
  return (output) => parts.get(output) ?? REST;
}

/**
 * @param {import('esbuild').Metafile['outputs']} outputs
 * @param {string} source
 */
function moduleOf(outputs, source) {
  const found = Object.entries(outputs).find(
    ([, { entryPoint, inputs }]) => entryPoint === source || inputs[source] !== undefined,
  );
  if (found === undefined) throw new Error(`${source} is in no module: see setup/parts.mjs`);
  return found[0];
}
