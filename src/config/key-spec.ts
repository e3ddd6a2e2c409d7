/** A table of the file. */
export interface SectionSpec {
  readonly doc: string;
  /** What names of tables look like: small letters, or as variables do */
  readonly names?: 'word' | 'variable';
  readonly keys: Readonly<Record<string, KeySpec>>;
}

/** One key. Paths may begin with `~/`. */
export type KeySpec =
  | TextKey
  | IntegerKey
  | DecimalKey
  | SizeKey
  | SwitchKey
  | ChoiceKey
  | ProfileKey
  | ListKey
  | MapKey;

/**
 * What a text may look like: `socket`: path or unix:// address · `path`: absolute or `~/` ·
 * `reference`: registry/name:tag · `variable`: name of an environment variable ·
 * `word`: one printable word
 */
interface TextKey {
  readonly type: 'socket' | 'path' | 'reference' | 'variable' | 'word';
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

/** A number that need not be whole, such as one and a half processors */
interface DecimalKey {
  readonly type: 'decimal';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly doc: string;
}

/** An amount of bytes: a whole number, or a text such as `"512MiB"` */
interface SizeKey {
  readonly type: 'size';
  /** `bytes` */
  readonly default: number;
  /** `bytes` */
  readonly min: number;
  readonly doc: string;
}

interface SwitchKey {
  readonly type: 'switch';
  readonly default: boolean;
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

/** Texts of one kind; the same text twice is a fault */
interface ListKey {
  readonly type: 'list';
  readonly default: readonly string[];
  readonly item: ItemKind;
  readonly doc: string;
}

/** A table of texts under names of the user's choice */
interface MapKey {
  readonly type: 'map';
  readonly default: Readonly<Record<string, string>>;
  readonly item: ItemKind;
  readonly doc: string;
}

/**
 * What an item of a list or a map may look like. `word`: one printable word · `path`: absolute or `~/`,
 * made absolute · `variable`: name of an environment variable · `argument`: of a program; it may stand
 * twice · `port`: a whole number, kept as text. Finer rules belong to whoever uses it.
 */
export type ItemKind = 'word' | 'path' | 'variable' | 'argument' | 'port' | PackageKind;

/** Names of packages, as `packages.toml` has them; `tier`: one of ct's own sets. */
export type PackageKind =
  'tier' | 'debian-package' | 'npm-package' | 'pip-package' | 'cargo-package' | 'gem-package';

/** A value of any key. */
export type ConfigValue =
  string | number | boolean | readonly string[] | Readonly<Record<string, string>>;
