import { readdirSync, readFileSync } from 'node:fs';
import { runProgram, systemPath } from './exec.ts';

/** Keyring of Debian's archive, from the package debian-archive-keyring. */
export const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** One place to fetch packages from, whichever of apt's two formats it was written in. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/**
 * Lines for a sources.list that fetch `suite` from where this host fetches Debian. Empty when the
 * host names no Debian archive; whoever uses them then has its own default.
 *
 * Source: sources.list(5)
 */
export function readDebianMirrors(suite: string, aptDir = '/etc/apt'): readonly string[] {
  return debianLines(readAptSources(aptDir), suite);
}

/** Addresses of every archive that apt on this host fetches packages from, third parties' too. */
export function readAptUris(aptDir = '/etc/apt'): readonly string[] {
  return [...new Set(readAptSources(aptDir).map(({ uri }) => uri))];
}

function readAptSources(aptDir: string): readonly AptSource[] {
  const parts = listDir(`${aptDir}/sources.list.d`).map((name) => `sources.list.d/${name}`);
  return ['sources.list', ...parts].flatMap((name) => {
    const text = readText(`${aptDir}/${name}`);
    if (name.endsWith('.sources')) return parseDeb822(text);
    return name.endsWith('.list') ? parseOneLine(text) : [];
  });
}

/** `deb [option=value …] uri suite component…` */
export function parseOneLine(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/u.exec(line.trim());
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/u.exec(options)?.[1];
    return [{ uri, suite, components: words(components), signedBy }];
  });
}

/** Paragraphs of `Field: value`, with continuation lines that begin with a space. */
export function parseDeb822(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/u).flatMap((paragraph) => {
    const lines = paragraph.replace(/^#.*\n?/gmu, '').replace(/\n[ \t]+/gu, ' ');
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'imu').exec(lines)?.[1]?.trim();
    if (field('Enabled')?.toLowerCase() === 'no') return [];
    if (!words(field('Types') ?? '').includes('deb')) return [];
    const components = words(field('Components') ?? '');
    const signedBy = field('Signed-By');
    return words(field('URIs') ?? '').flatMap((uri) =>
      words(field('Suites') ?? '').map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

const RELEASE = /^(?:bullseye|bookworm|trixie|forky|duke|sid|oldstable|stable|testing|unstable)$/u;

/** Sources of this host carried over to another release of Debian; third parties are left out. */
export function debianLines(sources: readonly AptSource[], suite: string): readonly string[] {
  const own = sources.filter(
    ({ components, signedBy, uri }) =>
      components.includes('main') &&
      /^https?:\/\//u.test(uri) &&
      // Another key is another archive; a key in the file itself starts with `-----BEGIN`.
      (signedBy === undefined || signedBy.startsWith('/usr/share/keyrings/debian-archive-')),
  );
  const main = own.find(({ suite }) => RELEASE.test(suite));
  if (main === undefined) return [];
  const security = own.find(
    ({ suite }) =>
      RELEASE.test(suite.replace(/(?:-security|\/updates)$/u, '')) && !RELEASE.test(suite),
  );
  const has = (suffix: string): boolean =>
    own.some(({ suite }) => suite === `${main.suite}${suffix}`);
  const line = (uri: string, of: string): string =>
    `deb [signed-by=${DEBIAN_KEYRING}] ${uri} ${of} main`;
  return [
    line(main.uri, suite),
    ...(has('-updates') ? [line(main.uri, `${suite}-updates`)] : []),
    ...(security === undefined ? [] : [line(security.uri, `${suite}-security`)]),
  ];
}

/**
 * What apt on this host was told about reaching its archives: proxies, certificates, clocks. One
 * `Key "value";` a line, as apt.conf has them; may hold credentials. Empty without apt.
 *
 * Source: apt.conf(5) "THE ACQUIRE GROUP", apt-transport-http(1), apt-transport-https(1)
 */
export async function readAptSettings(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const aptEnv = { ...env, PATH: systemPath(env['PATH']), LC_ALL: 'C' };
  const command = { program: 'apt-config', args: ['dump'], env: aptEnv };
  const result = await runProgram(command, { deadlineMs: 10_000 }).catch(() => undefined);
  return selectAptSettings(result?.stdout ?? '');
}

/** The lines of `apt-config dump` that {@link readAptSettings} wants. */
export function selectAptSettings(dump: string): readonly string[] {
  return dump
    .split('\n')
    .filter((line) =>
      /^Acquire::(?:https?::|Check-|Retries|ForceIPv|Max-FutureTime)[\w:./-]* "[^"]+";$/u.test(
        line,
      ),
    );
}

function words(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function listDir(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
