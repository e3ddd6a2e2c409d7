/**
 * The configuration in one table: every key with its type, default, unit and the line that documents
 * it. The `Config` type, the defaults, the checks and docs/config.md all come from here.
 */
export const SCHEMA = {
  engine: {
    doc: 'The container engine.',
    keys: {
      socket: {
        type: 'socket',
        default: '',
        doc: "Podman's socket, as a path or unix:// address. Empty: CONTAINER_HOST, then the usual places, then a service that ct starts itself.",
      },
      idle_timeout: {
        type: 'integer',
        default: 300,
        min: 5,
        max: 86_400,
        unit: 'seconds',
        doc: 'How long a Podman service that ct started stays without work.',
      },
    },
  },
  image: {
    doc: 'Where the image of sessions comes from.',
    keys: {
      source: {
        type: 'choice',
        default: 'auto',
        choices: ['auto', 'registry', 'bootstrap', 'archive'],
        doc: 'registry: pull a base image; bootstrap: make one from Debian packages; archive: load one from a file; auto: the first of these that works here.',
      },
      registry: {
        type: 'reference',
        default: 'docker.io/library/debian:trixie-slim',
        doc: 'Base image to pull, with the name of its registry.',
      },
      archive: {
        type: 'path',
        default: '',
        doc: 'OCI or docker archive (tar) with a base image. Needed when source is archive.',
      },
    },
  },
  sandbox: {
    doc: 'What sessions may do.',
    keys: {
      seccomp: {
        type: 'profile',
        default: 'default',
        names: ['strict', 'default', 'browser', 'nested', 'debug', 'unconfined'],
        doc: "Which system calls programs inside may use: a profile of ct's (docs/seccomp), or the path of one of your own. unconfined is no filter at all. `ct run --seccomp` overrides it.",
      },
    },
  },
  network: {
    doc: 'What sessions may reach.',
    keys: {
      mode: {
        type: 'choice',
        default: 'permissive',
        choices: ['permissive', 'offline'],
        refused: { strict: 'strict comes with a later version; use offline or permissive' },
        doc: 'permissive: the network is open; offline: there is none. `ct run --network` overrides it.',
      },
    },
  },
  logs: {
    doc: 'Logs of long steps, such as image builds.',
    keys: {
      retention_days: {
        type: 'integer',
        default: 15,
        min: 1,
        max: 3650,
        unit: 'days',
        doc: 'Older logs are removed.',
      },
    },
  },
} as const satisfies Readonly<Record<string, SectionSpec>>;

/** A table of the file. */
export interface SectionSpec {
  readonly doc: string;
  readonly keys: Readonly<Record<string, KeySpec>>;
}

/** One key. Paths may begin with `~/`. */
export type KeySpec = TextKey | IntegerKey | ChoiceKey | ProfileKey;

interface TextKey {
  /** `socket`: path or unix:// address · `path`: absolute or `~/` · `reference`: registry/name:tag */
  readonly type: 'socket' | 'path' | 'reference';
  readonly default: string;
  readonly doc: string;
}

interface IntegerKey {
  readonly type: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly doc: string;
}

interface ChoiceKey {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
  /** Words that mean something, but not yet; with what to say */
  readonly refused?: Readonly<Record<string, string>>;
  readonly doc: string;
}

interface ProfileKey {
  /** One of `names`, or a path: absolute or `~/` */
  readonly type: 'profile';
  readonly default: string;
  readonly names: readonly string[];
  readonly doc: string;
}

type Schema = typeof SCHEMA;

type ValueOf<Key> = Key extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Key extends { readonly type: 'integer' }
    ? number
    : string;

/** The configuration as the rest of ct sees it: complete, checked, `~` expanded. */
export type Config = {
  readonly [Section in keyof Schema]: {
    readonly [Key in keyof Schema[Section]['keys']]: ValueOf<Schema[Section]['keys'][Key]>;
  };
};

/** The table without its literal types, for code that walks it. */
export const SECTIONS: Readonly<Record<string, SectionSpec>> = SCHEMA;

/** What holds without a file. */
export const DEFAULT_CONFIG: Config = configFrom((_section, _key, spec) => spec.default);

/** A complete configuration, each value asked of `valueOf`. */
export function configFrom(
  valueOf: (section: string, key: string, spec: KeySpec) => string | number,
): Config {
  const sections = Object.entries(SECTIONS).map(([section, { keys }]) => [
    section,
    Object.fromEntries(
      Object.entries(keys).map(([key, spec]) => [key, valueOf(section, key, spec)]),
    ),
  ]);
  return Object.fromEntries(sections) as Config;
}
