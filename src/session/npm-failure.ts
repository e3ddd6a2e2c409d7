import { CtError, type ErrorCode } from '../base/errors.ts';
import { printable } from '../base/text.ts';

interface Meaning {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
}

/** npm's error codes and what they mean to the user, first match wins. Source: npm-config(7), errno(3) */
const MEANINGS: readonly Meaning[] = [
  {
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/u,
    code: 'unavailable',
    why: 'the npm registry cannot be reached',
    hint: "check the network; 'npm ping' on this host must work",
  },
  {
    pattern:
      /\b(?:SELF_SIGNED_CERT\w*|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+)\b/u,
    code: 'unavailable',
    why: 'the certificate of the npm registry is not trusted',
    hint: 'add the authority of your proxy to the host (update-ca-certificates), or name its file in NODE_EXTRA_CA_CERTS',
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

/** The error of an installation that ended with `status`, from what npm said. */
export function npmFailure(title: string, status: number, lines: readonly string[]): CtError {
  const said = lines.filter((line) => /^(?:npm (?:error|ERR!)|ct:)/u.test(line));
  const words = (
    said.find((line) => !/(?:error|ERR!) code /u.test(line)) ??
    lines.at(-1) ??
    ''
  ).replace(/^(?:npm (?:error|ERR!)|ct:)\s*/u, '');
  const meaning = MEANINGS.find(({ pattern }) => said.some((line) => pattern.test(line)));
  const quoted = words === '' ? '' : ` (${printable(words)})`;
  return new CtError(
    meaning?.code ?? 'failed_precondition',
    `${title} could not be installed: ${meaning?.why ?? `npm failed with status ${status}`}${quoted}`,
    { hint: meaning?.hint ?? 'see the log for all that npm said', details: { status } },
  );
}
