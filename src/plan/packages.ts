import { createHash } from 'node:crypto';
import type { WantedPackages } from '../config/packages-schema.ts';
import type { InstalledPackages, InstalledProgram, Manager } from '../image/installed.ts';
import { layerPackages } from '../image/tiers.ts';

/** A package for the volume. */
export interface WantedProgram {
  readonly manager: Manager;
  readonly name: string;
  /** `*`: the newest that runs here */
  readonly version: string;
}

/** A package as `ct sys packages` shows it. */
export interface PackageInfo {
  readonly manager: Manager | 'apt';
  readonly name: string;
  /** A version that packages.toml asks for */
  readonly wanted: string | null;
  /** The version that is there */
  readonly version: string | null;
  /** unwanted: it goes with the next `--install` */
  readonly state: 'present' | 'missing' | 'unwanted';
  readonly programs: readonly string[];
  /** Why the last attempt failed */
  readonly reason: string | null;
}

/** Where the tools of `[tools]` come from. */
const TOOLS = {
  mise: { manager: 'npm', name: '@jdxcode/mise', version: '*' },
  uv: { manager: 'pip', name: 'uv', version: '*' },
} as const satisfies Readonly<Record<keyof WantedPackages['tools'], WantedProgram>>;

/** What goes into the volume, in the order of installation; the user's own lines come last. */
export function wantedPrograms(wanted: WantedPackages): readonly WantedProgram[] {
  const from = (manager: Manager, list: readonly string[]): readonly WantedProgram[] =>
    list.map((text) => ({ manager, ...splitVersion(text) }));
  const tools = Object.entries(TOOLS).flatMap(([name, tool]) =>
    wanted.tools[name as keyof typeof TOOLS] ? [tool] : [],
  );
  const all = [
    ...from('npm', wanted.npm.packages),
    ...from('pip', wanted.pip.packages),
    ...from('cargo', wanted.cargo.packages),
    ...from('gems', wanted.gems.packages),
  ];
  const isListed = (tool: WantedProgram): boolean =>
    all.some(({ manager, name }) => manager === tool.manager && name === tool.name);
  const commands = wanted.post_install.commands.map((line) => ({
    manager: 'post_install' as const,
    name: line,
    version: '*',
  }));
  return [...all, ...tools.filter((tool) => !isListed(tool)), ...commands];
}

/** The Debian packages of the layer: the user's, those of his tiers, and what his managers need. */
export function wantedLayer(wanted: WantedPackages): readonly string[] {
  const managers = new Set(
    wantedPrograms(wanted).flatMap(({ manager }) => (manager === 'post_install' ? [] : [manager])),
  );
  return layerPackages({ ...wanted.apt, managers: [...managers] });
}

/** Whether `installed` is what `wanted` asks for. */
export function isSame(installed: InstalledProgram, wanted: WantedProgram): boolean {
  return (
    installed.manager === wanted.manager &&
    installed.name === wanted.name &&
    installed.wanted === wanted.version
  );
}

/** Directory of a package, below that of all entries; `run` makes it a new one each time. */
export function entryOf({ manager, name }: WantedProgram, run: string): string {
  const place =
    manager === 'post_install'
      ? createHash('sha256').update(name).digest('hex').slice(0, 12)
      : name.replace('/', '+').replace(/\[.*/u, '');
  return `${manager}/${place}/${run}`;
}

/** What is wanted beside what is there. */
export function comparePackages(
  wanted: WantedPackages,
  installed: InstalledPackages,
): readonly PackageInfo[] {
  const debian = wantedLayer(wanted);
  const programs = wantedPrograms(wanted);
  const reasonFor = (manager: string, name: string): string | null =>
    installed.failed.find((one) => one.manager === manager && one.name === name)?.reason ?? null;
  return [
    ...debian.map((name) => debianInfo(name, installed, reasonFor('apt', name))),
    ...(installed.layer?.packages ?? [])
      .filter((name) => !debian.includes(name))
      .map((name) => ({ ...debianInfo(name, installed, null), state: 'unwanted' as const })),
    ...programs.map((one) => {
      const found = installed.programs.find((other) => isSame(other, one));
      return programInfo(
        one,
        found,
        found ? 'present' : 'missing',
        reasonFor(one.manager, one.name),
      );
    }),
    ...installed.programs
      .filter((found) => !programs.some((one) => isSame(found, one)))
      .map((found) => programInfo({ ...found, version: '*' }, found, 'unwanted', null)),
  ];
}

function debianInfo(
  name: string,
  { layer, debian }: InstalledPackages,
  reason: string | null,
): PackageInfo {
  const version = layer?.packages.includes(name) === true ? (debian[name] ?? null) : null;
  const state = version === null ? 'missing' : 'present';
  return { manager: 'apt', name, wanted: null, version, state, programs: [], reason };
}

function programInfo(
  { manager, name, version }: WantedProgram,
  found: InstalledProgram | undefined,
  state: PackageInfo['state'],
  reason: string | null,
): PackageInfo {
  return {
    ...{ manager, name, state, reason },
    wanted: version === '*' ? null : version,
    version: found?.version ?? null,
    programs: found?.programs ?? [],
  };
}

/** `@scope/name@1.2.3` → name and version; what a name may be was checked when the file was read. */
function splitVersion(text: string): { readonly name: string; readonly version: string } {
  const at = text.lastIndexOf('@');
  if (at <= 0) return { name: text, version: '*' };
  return { name: text.slice(0, at), version: text.slice(at + 1) };
}
