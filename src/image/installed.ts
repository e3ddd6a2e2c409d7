/** Managers whose packages go into the volume; `post_install` stands for the user's own lines. */
export const MANAGERS = ['npm', 'pip', 'cargo', 'gems', 'post_install'] as const;

/** One of {@link MANAGERS}. */
export type Manager = (typeof MANAGERS)[number];

/** A package in the volume. */
export interface InstalledProgram {
  readonly manager: Manager;
  readonly name: string;
  /** What was asked for: a version, or `*` */
  readonly wanted: string;
  readonly version: string;
  /** Its directory, below that of all entries */
  readonly entry: string;
  readonly programs: readonly string[];
}

/** A package that was asked for and could not be had. */
export interface FailedPackage {
  readonly manager: Manager | 'apt';
  readonly name: string;
  readonly reason: string;
}

/** The layer of Debian packages that sessions run on. */
export interface InstalledLayer {
  /** Its packages, sorted: they name the image together with `serial` */
  readonly packages: readonly string[];
  readonly serial: string;
}

/** A generation that no session begins with any more. */
export interface PreviousGeneration {
  readonly generation: string;
  readonly entries: readonly string[];
}

/** What packages.toml has come to. One file, replaced as a whole: that is what makes a change atomic. */
export interface InstalledPackages {
  readonly schema: 1;
  /** Digest of packages.toml when this was made, to notice that it changed */
  readonly wish: string;
  readonly layer: InstalledLayer | undefined;
  /** Versions of the Debian packages in the layer */
  readonly debian: Readonly<Record<string, string>>;
  /** Name of the generation in the volume */
  readonly generation: string | undefined;
  /** The one before it, for sessions that began with it */
  readonly previous: PreviousGeneration | undefined;
  readonly programs: readonly InstalledProgram[];
  readonly failed: readonly FailedPackage[];
}

/** Before anything was installed. */
export const NOTHING_INSTALLED: InstalledPackages = {
  schema: 1,
  wish: '',
  layer: undefined,
  debian: {},
  generation: undefined,
  previous: undefined,
  programs: [],
  failed: [],
};

/** Words of ct's own; they become paths and arguments. */
const WORD = /^[A-Za-z0-9@+._-]{1,200}$/u;

/** `value` if it is one that ct wrote: it names directories and an image. */
export function parseInstalled(value: unknown): InstalledPackages | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, wish, layer, generation, previous, programs, failed, debian } =
    value as Partial<InstalledPackages>;
  const isRight =
    schema === 1 &&
    typeof wish === 'string' &&
    (layer === undefined || isLayer(layer)) &&
    [generation, previous?.generation].every((name) => name === undefined || isWord(name)) &&
    (Array.isArray as (list: unknown) => boolean)(previous?.entries ?? []) &&
    (Array.isArray as (list: unknown) => boolean)(failed) &&
    typeof debian === 'object' &&
    Array.isArray(programs) &&
    programs.every(isProgram);
  if (!isRight) return undefined;
  return { ...(value as InstalledPackages), layer, generation, previous };
}

function isLayer(layer: Partial<InstalledLayer>): boolean {
  return isWord(layer.serial) && Array.isArray(layer.packages) && layer.packages.every(isWord);
}

function isProgram(program: Partial<InstalledProgram> | null): boolean {
  const { entry = '', programs } = program ?? {};
  const words = entry.split('/');
  return (
    words.length === 3 &&
    words.every((word) => isWord(word) && !/^\.+$/u.test(word)) &&
    Array.isArray(programs) &&
    programs.every((name) => typeof name === 'string' && !/[/\0]/u.test(name))
  );
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && WORD.test(value);
}
