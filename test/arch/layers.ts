/** Who may import whom, and what from outside; type-only imports do not count. STYLE 2.2, ADR 0001. */
export interface Layer {
  /** Other folders of `src` */
  readonly imports: readonly string[];
  /** Modules of Node: a list, or all of them for the rings that act */
  readonly node: readonly string[] | 'all';
}

const PURE_NODE = ['node:crypto', 'node:path'];

/** Everything that plans and never acts. */
export const PURE = [
  'base',
  'review',
  'config',
  'agents',
  'image',
  'sandbox',
  'network',
  'secrets',
  'carry',
  'plan',
];

export const LAYERS: Readonly<Record<string, Layer>> = {
  base: { imports: [], node: PURE_NODE },
  // `image` for the names of tiers.
  config: { imports: ['base', 'image'], node: PURE_NODE },
  agents: { imports: ['base'], node: PURE_NODE },
  image: { imports: ['base', 'agents'], node: PURE_NODE },
  // `url` for IDNA, which has no other door.
  network: { imports: ['base'], node: [...PURE_NODE, 'node:url'] },
  secrets: { imports: ['base'], node: PURE_NODE },
  sandbox: { imports: ['base'], node: PURE_NODE },
  review: { imports: ['base'], node: PURE_NODE },
  // What of a user's own configuration of an agent may go into its home.
  carry: { imports: ['base', 'config'], node: PURE_NODE },
  plan: {
    imports: ['base', 'config', 'agents', 'image', 'network', 'secrets', 'sandbox'],
    node: PURE_NODE,
  },
  // `sandbox` for the names of the variables that host/facts.ts reads.
  // `sandbox` and `review` also for what to look for in a project.
  host: { imports: ['base', 'sandbox', 'review'], node: 'all' },
  engine: { imports: ['base', 'host', 'engine/podman', 'engine/containerd'], node: 'all' },
  'engine/podman': { imports: ['base', 'engine', 'sandbox', 'host'], node: 'all' },
  gateway: { imports: ['base', 'network', 'host'], node: 'all' },
  'engine/containerd': {
    imports: ['base', 'engine', 'engine/registry', 'sandbox', 'host', 'gen'],
    node: 'all',
  },
  // Pulls for engines that cannot. `config` for TOML, `gateway` for the host's proxies.
  'engine/registry': { imports: ['base', 'config', 'engine', 'host', 'gateway'], node: 'all' },
  // Generated from proto/: data about messages.
  gen: { imports: [], node: [] },
  broker: { imports: ['base', 'secrets', 'host'], node: 'all' },
  session: {
    imports: [...PURE, 'host', 'engine', 'broker', 'gateway', 'daemon/wire'],
    node: 'all',
  },
  // What clients of the user's service need; a start may pay for it.
  'daemon/wire': { imports: ['base', 'host'], node: 'all' },
  // The user's service: the same session code, living longer. `engine/containerd` for calls that it passes on.
  daemon: {
    imports: ['base', 'config', 'host', 'gateway', 'session', 'daemon/wire', 'engine/containerd'],
    node: 'all',
  },
  doctor: { imports: ['base', 'config', 'plan', 'host', 'engine', 'daemon/wire'], node: 'all' },
  // A red team against real sessions: what it expects comes from the plan.
  attack: { imports: ['base', 'plan', 'sandbox', 'host', 'engine', 'session'], node: 'all' },
  // Measures real commands from outside; what it compares them with comes from the plan.
  bench: {
    imports: ['base', 'config', 'plan', 'sandbox', 'host', 'engine', 'session'],
    node: 'all',
  },
  cli: {
    // `network` for the words of a lesson, which are the same in a log and at the end of a session.
    imports: [
      ...['base', 'config', 'agents', 'network', 'plan', 'review', 'secrets', 'host', 'broker'],
      ...['session', 'doctor', 'attack', 'bench', 'carry', 'daemon'],
    ],
    node: ['node:tty'],
  },
  // The entry and its loader; cli.cjs is loaded by path, not imported.
  main: { imports: ['base'], node: 'all' },
};

/** Edges that must be dynamic: what is behind them is loaded only when it is used. */
export const LAZY: readonly (readonly [from: string, to: string])[] = [
  ['cli', 'doctor'],
  ['cli', 'daemon'],
  ['session', 'daemon/wire'],
  ['engine', 'engine/podman'],
  ['engine', 'engine/containerd'],
];

/** One vendor, one door. */
export const DOORS: Readonly<Record<string, string>> = {
  clipanion: 'src/cli/library.ts',
  diff: 'src/review/diff.ts',
  'smol-toml': 'src/config/toml.ts',
  'tar-stream': 'src/host/tar.ts',
  tldts: 'src/network/public-suffix.ts',
  undici: 'src/engine/podman/transport.ts',
  '@grpc/grpc-js': 'src/engine/containerd/grpc-channel.ts',
};

/** What Node is started with. */
const ENTRIES = ['src/main.ts', 'src/code-cache.ts', 'src/snapshot.ts'];

/** The layer that a file belongs to. */
export function layerOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  if (ENTRIES.includes(path)) return 'main';
  const hasRooms = first === 'engine' || first === 'daemon';
  return hasRooms && !second.endsWith('.ts') ? `${first}/${second}` : first;
}
