import { CtError, type ErrorCode } from '../base/errors.ts';
import { printable } from '../base/text.ts';

interface Meaning {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
}

/** Error words and what they mean to the user, first match wins. Source: npm-config(7), errno(3), curl(1) */
const MEANINGS: readonly Meaning[] = [
  {
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b|curl: \((?:5|6|7|28|35|52|56)\)|Failed to (?:resolve|establish a new connection|open TCP connection)|Could not resolve host|Could ?n.t connect to server|Failed to connect to/u,
    code: 'unavailable',
    why: 'HOST cannot be reached',
    hint: 'check the network: this host itself must reach it, directly or by the proxy in its environment',
  },
  {
    pattern:
      /\b(?:SELF_SIGNED_CERT\w*|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+)\b|curl: \(60\)/u,
    code: 'unavailable',
    why: 'the certificate of HOST is not trusted',
    hint: 'add the authority of your proxy to the host (update-ca-certificates), or name its file in NODE_EXTRA_CA_CERTS',
  },
  {
    pattern:
      /No matching distribution found|could not find `[^`]*` in registry|Could not find a valid gem/u,
    code: 'not_found',
    why: 'there is no such package, or not in this version',
    hint: 'check its name; a mirror may lack packages',
  },
  {
    pattern: /\b(?:E404|ETARGET|ENOVERSIONS)\b/u,
    code: 'not_found',
    why: 'the npm registry does not have it, or not in this version',
    hint: 'a mirror may lack packages: check the registry that npm uses on this host',
  },
  {
    pattern: /\b(?:E401|E403|ENEEDAUTH)\b/u,
    code: 'unauthenticated',
    why: 'the npm registry refused access',
    hint: "log in to the registry on this host ('npm login') and run again",
  },
  {
    pattern: /\bENOSPC\b|[Nn]o space left/u,
    code: 'resource_exhausted',
    why: 'the disk is full',
    hint: "free space ('df -h' shows where) and run again",
  },
  {
    pattern: /\bE5\d\d\b/u,
    code: 'unavailable',
    why: 'the npm registry has a fault',
    hint: 'try again later',
  },
];

/** Lines of npm, curl and ct's script, pip, cargo and gem that are about what went wrong. */
const SAID =
  /^(?:npm (?:error|ERR!)|ct:|curl:|ERROR:|WARNING: Retrying|error(?:\[E\d+\])?:|warning: spurious|\s+(?:Could not|failed to|\[\d+\] ))/u;

/** The error of an installation that ended with `status`, from what npm, curl and the script said. */
export function installFailure(title: string, status: number, lines: readonly string[]): CtError {
  const said = lines.filter((line) => SAID.test(line));
  const words = (said.find(isTelling) ?? lines.at(-1) ?? '').replace(
    /^(?:npm (?:error|ERR!)|ct:|ERROR:|error:)\s*/u,
    '',
  );
  const { meaning, line } = meaningOf(said);
  const quoted = words === '' ? '' : ` (${printable(words)})`;
  const why = meaning?.why.replace('HOST', hostIn(line, said)) ?? `it ended with status ${status}`;
  return new CtError(
    meaning?.code ?? 'failed_precondition',
    `${title} could not be installed: ${why}${quoted}`,
    { hint: meaning?.hint ?? 'see the log for all that was said', details: { status } },
  );
}

function isTelling(line: string): boolean {
  const aside =
    /^(?:npm (?:error|ERR!) (?:code |path |command |npm (?:error|ERR!)|$)|WARNING:|warning:)/u;
  return !aside.test(line);
}

function meaningOf(said: readonly string[]): { meaning?: Meaning; line: string } {
  for (const meaning of MEANINGS) {
    const line = said.find((candidate) => meaning.pattern.test(candidate));
    if (line !== undefined) return { meaning, line };
  }
  return { line: '' };
}

/** The host that a line is about, or that the lines around it name; npm's registry when none does. */
function hostIn(line: string, said: readonly string[]): string {
  const named =
    /(?:ENOTFOUND|EAI_AGAIN|resolve host:|connect to|connection to|certificate for|Failed to resolve|host=)\s*'?([a-z0-9][a-z0-9.-]*\.[a-z]{2,})/iu;
  const address = /https?:\/\/([a-z0-9][a-z0-9.-]*)/iu;
  const found = named.exec(line) ?? address.exec(line) ?? address.exec(said.join('\n'));
  return found?.[1] ?? 'the npm registry';
}
