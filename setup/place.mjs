// @ts-check
/** What belongs to the place a machine stands in: proxies, certificate authorities, mirrors. */

/** Variables that a clean environment still takes over from the caller. */
const PLACE_VARIABLES = [
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'],
];

/**
 * The place's variables that are set in `env`.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function placeEnvironment(env) {
  /** @type {Record<string, string>} */
  const place = {};
  for (const name of PLACE_VARIABLES) {
    const value = env[name];
    if (value) place[name] = value;
  }
  return place;
}

/**
 * The first archive of Debian itself among apt sources, in one-line or deb822 form.
 * @param {string} text sources files, one after the other, separated by empty lines
 * @param {string} codename the suite such an archive must offer, e.g. `bookworm`
 * @returns {string | undefined} its URI
 */
export function debianMirror(text, codename) {
  return [...oneLineSources(text), ...deb822Sources(text)].find(
    ({ uri, suites }) =>
      /^https?:\/\/.*\/debian\/?$/.test(uri) && (suites.includes(codename) || codename === ''),
  )?.uri;
}

/** @param {string} text */
function* oneLineSources(text) {
  for (const [, uri = '', suite = ''] of text.matchAll(
    /^deb[ \t]+(?:\[[^\]\n]*\][ \t]+)?(\S+)[ \t]+(\S+)/gm,
  )) {
    yield { uri, suites: [suite] };
  }
}

/** @param {string} text */
function* deb822Sources(text) {
  const plain = text.replace(/^#.*\n/gm, '');
  for (const stanza of plain.split(/\n\s*\n/)) {
    /** @param {string} key */
    const field = (key) =>
      (new RegExp(`^${key}:[ \\t]*(.*(?:\\n[ \\t]+.*)*)`, 'im').exec(stanza)?.[1] ?? '')
        .split(/\s+/)
        .filter(Boolean);
    if (!field('Types').includes('deb') || field('Enabled').includes('no')) continue;
    for (const uri of field('URIs')) yield { uri, suites: field('Suites') };
  }
}

const PLACE_OPTION =
  /^Acquire::(Check-Valid-Until|(https?|ftp)::.*(Proxy|CaInfo|CaPath)\b.*) "[^"]+";$/i;

/**
 * The lines of `apt-config dump` that say how apt reaches its archives.
 * @param {string} dump
 * @returns {string[]} lines that are apt configuration as they stand
 */
export function aptPlaceOptions(dump) {
  return dump.split('\n').filter((line) => PLACE_OPTION.test(line));
}
