import { TIERS, type TierName } from '../image/tiers.ts';
import type { ConfigValue, SectionSpec } from './key-spec.ts';

/** `packages.toml` in one table: its part of docs/config.md and the checks come from here. */
export const PACKAGES_SCHEMA = {
  apt: {
    doc: 'Debian packages, as a layer on top of the image.',
    keys: {
      tiers: {
        type: 'list',
        default: [],
        item: 'tier',
        doc: `Sets of Debian packages that ct keeps: ${Object.keys(TIERS).join(', ')}. What the first image has needs no name.`,
      },
      packages: {
        type: 'list',
        default: [],
        item: 'debian-package',
        doc: 'Names of Debian packages. Only what they depend on comes with them, not what they recommend.',
      },
    },
  },
  npm: {
    doc: 'Programs from npm.',
    keys: {
      packages: {
        type: 'list',
        default: [],
        item: 'npm-package',
        doc: 'Names, each with a version if you want that one: `typescript`, `@scope/name@1.2.3`.',
      },
    },
  },
  pip: {
    doc: 'Programs from the Python Package Index, each in a virtual environment of its own.',
    keys: {
      packages: {
        type: 'list',
        default: [],
        item: 'pip-package',
        doc: 'Names, each with a version if you want that one: `httpie`, `black@24.1.0`.',
      },
    },
  },
  cargo: {
    doc: 'Programs in Rust, built from crates.io.',
    keys: {
      packages: {
        type: 'list',
        default: [],
        item: 'cargo-package',
        doc: 'Names of crates, each with a version if you want that one.',
      },
    },
  },
  gems: {
    doc: 'Programs in Ruby.',
    keys: {
      packages: {
        type: 'list',
        default: [],
        item: 'gem-package',
        doc: 'Names of gems, each with a version if you want that one.',
      },
    },
  },
  tools: {
    doc: 'Managers of tools and language versions.',
    keys: {
      mise: { type: 'switch', default: false, doc: 'mise, from npm (`@jdxcode/mise`).' },
      uv: { type: 'switch', default: false, doc: 'uv, from the Python Package Index.' },
    },
  },
  post_install: {
    doc: 'What is done when everything else is there.',
    keys: {
      commands: {
        type: 'list',
        default: [],
        item: 'argument',
        doc: 'Lines for the shell, run in order and without root in the container that installs; programs that they put into `$CT_PREFIX/bin` are there in sessions.',
      },
    },
  },
} as const satisfies Readonly<Record<string, SectionSpec>>;

/** Tables that users of other tools look for, and why there are none. */
export const REFUSED_MANAGERS: Readonly<Record<string, string>> = {
  brew: "Homebrew is not supported: it wants a prefix that it may write to, and a session's packages are read-only; Debian (apt), npm, pip and cargo have most of its programs",
};

type Schema = typeof PACKAGES_SCHEMA;

/** What the user wants installed, complete and checked. */
export interface WantedPackages {
  readonly apt: { readonly tiers: readonly TierName[]; readonly packages: readonly string[] };
  readonly npm: { readonly packages: readonly string[] };
  readonly pip: { readonly packages: readonly string[] };
  readonly cargo: { readonly packages: readonly string[] };
  readonly gems: { readonly packages: readonly string[] };
  readonly tools: Readonly<Record<keyof Schema['tools']['keys'], boolean>>;
  readonly post_install: { readonly commands: readonly string[] };
}

/** The tables without their literal types, for code that walks them. */
export const PACKAGE_SECTIONS: Readonly<Record<string, SectionSpec>> = PACKAGES_SCHEMA;

/** What is wanted, from values by `section.key`; what is not there has its default. */
export function packagesFrom(values: ReadonlyMap<string, ConfigValue>): WantedPackages {
  const table = (section: string, keys: SectionSpec['keys']): object =>
    Object.fromEntries(
      Object.entries(keys).map(([key, spec]) => [
        key,
        values.get(`${section}.${key}`) ?? spec.default,
      ]),
    );
  return Object.fromEntries(
    Object.entries(PACKAGE_SECTIONS).map(([section, { keys }]) => [section, table(section, keys)]),
  ) as unknown as WantedPackages;
}

/** What is wanted without a file: nothing. */
export const NO_PACKAGES: WantedPackages = packagesFrom(new Map());
