import { AGENT_KEYS, RUN_SECTIONS } from './agent-keys.ts';
import type { ConfigValue, KeySpec, SectionSpec } from './key-spec.ts';
import { PROVIDER_SECTION } from './provider-keys.ts';

/**
 * The configuration in one table: every key with its type, default, unit and the line that documents
 * it. The `Config` type, the defaults, the checks and docs/config.md all come from here.
 */
export const SCHEMA = {
  engine: {
    doc: 'The container engine.',
    keys: {
      kind: {
        type: 'choice',
        default: 'auto',
        choices: ['auto', 'podman', 'containerd'],
        doc: 'Which engine runs sessions. auto: the one whose socket CONTAINER_HOST or CONTAINERD_ADDRESS names, else Podman if it is installed, else containerd. `--engine` and `CT_ENGINE` override it.',
      },
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
  daemon: {
    doc: "The user's service, which `ct daemon` starts and installs. Every command works without it.",
    keys: {
      idle_exit: {
        type: 'integer',
        default: 600,
        min: 1,
        max: 604_800,
        unit: 'seconds',
        doc: 'How long the service stays without work.',
      },
      standby: {
        type: 'integer',
        default: 0,
        min: 0,
        max: 16,
        unit: 'sessions',
        doc: 'How many sessions the service keeps ready: after a run starts, the next one of the same plan is prepared up to its gate, and a run that is the same but for its words begins there. 0: none. `CT_STANDBY` overrides it.',
      },
      standby_age: {
        type: 'integer',
        default: 600,
        min: 10,
        max: 86_400,
        unit: 'seconds',
        doc: 'How long such a session waits for its run.',
      },
      auto_start: {
        type: 'switch',
        default: false,
        doc: 'Keep a warm session of each agent: after a run as configured, the service makes one of the same plan, and later runs enter it one after another instead of having a container each. They share processes and temporary files with what ran there before, see the guide.',
      },
      warm_age: {
        type: 'integer',
        default: 1800,
        min: 10,
        max: 604_800,
        unit: 'seconds',
        doc: 'How long a warm session lives after the last run has left it.',
      },
      warm_projects: {
        type: 'integer',
        default: 1,
        min: 1,
        max: 16,
        unit: 'projects',
        doc: 'In how many projects each agent may have a warm session at a time.',
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
  network: {
    doc: 'What sessions may reach.',
    keys: {
      mode: {
        type: 'choice',
        default: 'strict',
        choices: ['strict', 'permissive', 'offline'],
        doc: 'strict: only what the lists allow; permissive: everything but what is blocked, private addresses and this host; offline: nothing. `ct run --network` overrides it.',
      },
      allowed_domains: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Names that strict sessions reach: `example.com`, `*.example.com` (everything below, not the name itself), `github.com:22` (another port). Agents and registries bring their own.',
      },
      blocked_domains: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Names that no session reaches. Wins over everything that allows.',
      },
      allowed_ips: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Addresses and ranges that sessions reach without a name, and private ones that names may lead to: `203.0.113.7`, `10.20.0.0/16:5432`.',
      },
      blocked_ips: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Addresses and ranges that no session reaches, by whatever name.',
      },
      ports: {
        type: 'list',
        default: ['80', '443'],
        item: 'port',
        doc: 'Ports of rules that name none.',
      },
      allow_private: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Names of `allowed_domains` that may lead to private addresses (RFC 1918, unique local), as in a company: `*.corp.example`.',
      },
      agent_domains: {
        type: 'switch',
        default: true,
        doc: 'Whether an agent gets the names of its own service. `ct network list` shows them; `ct network block` takes one away.',
      },
      registries: {
        type: 'switch',
        default: true,
        doc: "Whether sessions get the package registries that this host's npm, pip, cargo and apt are configured to use.",
      },
      host_services: {
        type: 'map',
        default: {},
        item: 'word',
        doc: 'Services of this host: `db = "127.0.0.1:5432"` is `db.host.ct:5432` inside.',
      },
    },
  },
  ...RUN_SECTIONS,
  project: {
    doc: 'The directory that an agent works in.',
    keys: {
      writable: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Protected paths that agents may write to all the same, such as ".vscode" or ".git/config". `ct run --writable` adds to it.',
      },
      visible: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Hidden files that agents may read all the same, by path or by name, such as ".env.test". `ct run --visible` adds to it.',
      },
      allowed_roots: {
        type: 'list',
        default: [],
        item: 'path',
        doc: 'Directories that projects may be in. Empty: every directory of yours but those that are always refused.',
      },
      review: {
        type: 'switch',
        default: true,
        doc: 'Whether files that programs of the host execute are reported at the end of a session if the agent made or changed them.',
      },
    },
  },
  sandbox: {
    doc: 'How strictly sessions are isolated.',
    keys: {
      preset: {
        type: 'choice',
        default: 'hardened',
        choices: ['locked', 'hardened', 'standard', 'compat'],
        doc: 'See docs/presets.md. `ct run --preset` overrides it.',
      },
      seccomp: {
        type: 'profile',
        default: '',
        names: ['strict', 'default', 'browser', 'nested', 'debug', 'unconfined'],
        doc: "Which system calls programs inside may use: a profile of ct's (docs/seccomp), or the path of one of your own; empty: the preset's. unconfined is no filter at all. `ct run --seccomp` overrides it.",
      },
    },
  },
  limits: {
    doc: 'What a session may use. 0 is what the preset says. Limits that this host cannot set are listed by `ct run --dry-run`.',
    keys: {
      memory: {
        type: 'size',
        default: 0,
        min: 64 * 1024 * 1024,
        doc: 'Memory of all processes together. There is no swap beside it.',
      },
      cpus: {
        type: 'decimal',
        default: 0,
        min: 0.1,
        max: 4096,
        unit: 'processors',
        doc: 'Processor time, such as 1.5.',
      },
      pids: {
        type: 'integer',
        default: 0,
        min: 64,
        max: 4_194_304,
        unit: 'processes and threads',
        doc: 'Processes and threads.',
      },
      open_files: {
        type: 'integer',
        default: 0,
        min: 256,
        max: 1_048_576,
        unit: 'files',
        doc: 'Open files of one process.',
      },
      tmp: {
        type: 'size',
        default: 0,
        min: 1024 * 1024,
        doc: 'Size of /tmp, which is in memory.',
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

/**
 * Tables that stand once for each name: `[agents.gemini]`. A name that is not in the file has no entry
 * in the configuration.
 */
export const NAMED_SCHEMA = {
  ...PROVIDER_SECTION,
  agents: {
    doc: 'What one agent gets: `[agents.gemini]`, for example. A name that ct does not know defines an agent of your own.',
    keys: {
      ...AGENT_KEYS,
      secrets: {
        type: 'list',
        default: [],
        item: 'variable',
        doc: 'Names of the secrets that this agent may have; nothing else crosses.',
      },
      secret_files: {
        type: 'list',
        default: [],
        item: 'variable',
        doc: 'Names of secrets that it gets as files `/run/secrets/NAME`, shown by `NAME_FILE`, and not as variables.',
      },
      required_secrets: {
        type: 'list',
        default: [],
        item: 'variable',
        doc: 'Names of secrets without which a session is not started.',
      },
    },
  },
  secrets: {
    doc: 'Where a secret comes from: `[secrets.GEMINI_API_KEY]`, for example. One key of command, file and env; without a table the usual places are asked (guide/secrets.md).',
    names: 'variable',
    keys: {
      command: {
        type: 'list',
        default: [],
        item: 'argument',
        doc: 'Program and arguments that print it, such as `["op", "read", "op://Private/Gemini/key"]`; no shell.',
      },
      file: { type: 'path', default: '', doc: 'File that holds it, of mode 0600.' },
      env: { type: 'variable', default: '', doc: 'Variable of your environment that holds it.' },
      timeout: {
        type: 'integer',
        default: 30,
        min: 1,
        max: 600,
        unit: 'seconds',
        doc: 'How long the command may take.',
      },
    },
  },
} as const satisfies Readonly<Record<string, SectionSpec>>;

type Schema = typeof SCHEMA;
type NamedSchema = typeof NAMED_SCHEMA;

interface ValueOfType {
  readonly integer: number;
  readonly decimal: number;
  readonly size: number;
  readonly switch: boolean;
  readonly list: readonly string[];
  readonly map: Readonly<Record<string, string>>;
}

type ValueOf<Key> = Key extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Key extends { readonly type: infer Type extends keyof ValueOfType }
    ? ValueOfType[Type]
    : string;

type TableOf<Keys> = { readonly [Key in keyof Keys]: ValueOf<Keys[Key]> };

/** The configuration as the rest of ct sees it: complete, checked, `~` expanded. */
export type Config = {
  readonly [Section in keyof Schema]: TableOf<Schema[Section]['keys']>;
} & {
  readonly [Section in keyof NamedSchema]: Readonly<
    Record<string, TableOf<NamedSchema[Section]['keys']>>
  >;
};

/** The tables without their literal types, for code that walks them. */
export const SECTIONS: Readonly<Record<string, SectionSpec>> = SCHEMA;
export const NAMED_SECTIONS: Readonly<Record<string, SectionSpec>> = NAMED_SCHEMA;

/** What holds without a file. */
export const DEFAULT_CONFIG: Config = configFrom((_path, spec) => spec.default, {});

/**
 * A complete configuration, each value asked of `valueOf` by its path. `names` lists the tables by name
 * that there are: `{ agents: ['gemini'] }`.
 */
export function configFrom(
  valueOf: (path: readonly string[], spec: KeySpec) => ConfigValue,
  names: Readonly<Record<string, readonly string[]>>,
): Config {
  const table = (path: readonly string[], keys: SectionSpec['keys']): object =>
    Object.fromEntries(
      Object.entries(keys).map(([key, spec]) => [key, valueOf([...path, key], spec)]),
    );
  return {
    ...mapValues(SECTIONS, (section, { keys }) => table([section], keys)),
    ...mapValues(NAMED_SECTIONS, (section, { keys }) =>
      Object.fromEntries(
        (names[section] ?? []).map((name) => [name, table([section, name], keys)]),
      ),
    ),
  } as Config;
}

function mapValues(
  sections: Readonly<Record<string, SectionSpec>>,
  make: (name: string, spec: SectionSpec) => object,
): object {
  return Object.fromEntries(
    Object.entries(sections).map(([name, spec]) => [name, make(name, spec)]),
  );
}
