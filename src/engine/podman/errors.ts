import { CtError, type ErrorCode, type ErrorParts } from '../../base/errors.ts';
import { EXIT } from '../../base/exit.ts';
import { printable } from '../../base/text.ts';
import { PULL_FAILURES } from '../pull-failures.ts';
import { literally, type StartFailureWords } from '../withhold.ts';
import { callingAccount, readSubidFiles, subidsCommand } from '../../host/subids.ts';

/** A failure as the engine words it. */
export interface EngineFailure {
  /** HTTP status; 200 for an error inside a stream that began well */
  readonly status: number;
  readonly text: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** Replaces the engine's words when these would not help */
  readonly says?: string;
  readonly hint?: string | (() => string);
  readonly details?: Readonly<Record<string, unknown>>;
}

const FREE_SPACE =
  "free space ('df -h' shows where; 'podman system prune' removes unused containers and images) and run again";

/**
 * Engine texts → meaning, first match wins. The status alone will not do: 4.3 answers 500 for a
 * missing image and for a name that is taken, later versions 404 and 409.
 *
 * Texts seen on Podman 4.3.1 and 5.4.2, the others read in containers/podman libpod/define/errors.go,
 * containers/storage errors.go and the OCI runtimes.
 */
const RULES: readonly Rule[] = [
  {
    pattern: /no space left on device|disk quota exceeded/iu,
    code: 'resource_exhausted',
    hint: FREE_SPACE,
  },
  {
    pattern: /cgroups in hybrid mode not supported/iu,
    code: 'failed_precondition',
    says: 'the OCI runtime crun does not run on this host: its cgroup layout is hybrid (v1 and v2)',
    hint: 'end the running podman service, install runc (sudo apt install runc) and run again: ct starts the service with runc then; or boot with systemd.unified_cgroup_hierarchy=1',
  },
  {
    pattern: /podman system migrate/u,
    code: 'failed_precondition',
    says: 'Podman counts on containers of yours whose processes were all ended at once, by the kernel or by somebody',
    hint: 'podman system migrate, which sets its records right, and run again',
  },
  {
    pattern:
      /new[ug]idmap|sub[ug]id|insufficient UIDs or GIDs|not enough (?:unused )?[ug]?IDs|potentially insufficient/iu,
    code: 'failed_precondition',
    hint: subordinateIdsHint,
  },
  {
    pattern: /slirp4netns.*(?:not found|no such file)|could not find slirp4netns/iu,
    code: 'failed_precondition',
    hint: 'install it: sudo apt install slirp4netns',
  },
  {
    pattern: /pasta.*(?:not found|no such file)|could not find pasta/iu,
    code: 'failed_precondition',
    hint: 'install it: sudo apt install passt',
  },
  {
    pattern: /\/dev\/net\/tun/iu,
    code: 'failed_precondition',
    hint: 'user-mode networks need /dev/net/tun: as root, modprobe tun && chmod 666 /dev/net/tun',
  },
  {
    pattern: /invoke a command that was not found|executable file .*not found/iu,
    code: 'not_found',
    details: { exitStatus: EXIT.notFound },
  },
  {
    // A server of files does not know the subordinate ids of who sets a container up.
    pattern: /(?:openat2|mounting) .*permission denied/iu,
    code: 'failed_precondition',
    hint: "a network file system ('findmnt -T .' shows it) lets only the owner through: chmod o+x the project's\ndirectory, mount a FUSE one with allow_other, or work on a local disk",
  },
  {
    pattern: /OCI permission denied/iu,
    code: 'permission_denied',
    details: { exitStatus: EXIT.notExecutable },
  },
  { pattern: /image not known|no such image/iu, code: 'not_found', details: { missing: 'image' } },
  { pattern: /no such container/iu, code: 'not_found', details: { missing: 'container' } },
  { pattern: /no such volume/iu, code: 'not_found', details: { missing: 'volume' } },
  { pattern: /no such exec session/iu, code: 'not_found', details: { missing: 'exec' } },
  { pattern: /name is already in use|volume already exists/iu, code: 'already_exists' },
  {
    pattern: /statfs .*no such file or directory/iu,
    code: 'not_found',
    hint: 'a directory to be mounted is not there (any more)',
  },
  {
    pattern: /mounting .*invalid argument/iu,
    code: 'failed_precondition',
    hint: 'a directory that holds mount points of its own cannot be mounted read-only',
  },
  { pattern: /workdir .*does not exist/iu, code: 'failed_precondition' },
  {
    pattern: /(?:image|volume) is (?:in use|being used)|image used by/iu,
    code: 'failed_precondition',
    hint: "end the sessions that use it ('ct ps') and run again",
  },
  {
    pattern: /did not die within timeout/iu,
    code: 'failed_precondition',
    hint: 'its output may wait for a reader that does not read: let that program go on or end it, and run again',
  },
  { pattern: /container state improper|container is running/iu, code: 'failed_precondition' },
  {
    pattern: /container's attach socket/iu,
    code: 'failed_precondition',
    says: 'its monitor (conmon) is gone',
    hint: 'somebody or the kernel (out of memory) killed it, and what it watched cannot go on: run the command again',
  },
  {
    pattern: /unauthorized|authentication required|requested access to the resource is denied/iu,
    ...PULL_FAILURES.login,
  },
  {
    pattern: /manifest unknown|name unknown|repository .*not found/iu,
    ...PULL_FAILURES.unknown,
  },
  {
    pattern: /x509:|certificate (?:signed|has expired|is not)/iu,
    ...PULL_FAILURES.certificate,
  },
  {
    pattern:
      /pinging container registry|dial tcp|no such host|toomanyrequests|i\/o timeout|TLS handshake|connection refused|connection reset/iu,
    ...PULL_FAILURES.unreachable,
  },
  {
    pattern: /sd-bus call|dbus: |systemd cgroup/iu,
    code: 'failed_precondition',
    hint: 'there is no user systemd to ask: log in through a login manager (loginctl enable-linger), or set cgroup_manager = "cgroupfs" in ~/.config/containers/containers.conf',
  },
  { pattern: /cannot unmarshal|decode\(\)/iu, code: 'internal' },
];

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'failed_precondition',
  501: 'unsupported',
  503: 'unavailable',
  507: 'resource_exhausted',
};

/**
 * What the engine refused, as an error of ours; the only place where its words are read.
 *
 * `doing` completes "cannot …".
 */
export function engineError(doing: string, failure: EngineFailure): CtError {
  const rule = RULES.find(({ pattern }) => pattern.test(failure.text));
  const code = rule?.code ?? BY_STATUS[failure.status] ?? 'failed_precondition';
  const hint = typeof rule?.hint === 'function' ? rule.hint() : rule?.hint;
  const parts: ErrorParts = {
    details: { ...rule?.details, status: failure.status, engine: printable(failure.text) },
    ...(hint === undefined ? {} : { hint }),
  };
  return new CtError(
    code,
    `cannot ${printable(doing)}: ${rule?.says ?? shorten(failure.text)}`,
    parts,
  );
}

/**
 * What the engine writes into the output of `program` where that is not there or cannot be executed; a second line may
 * say that there was nothing to attach to. crun names no program that cannot be executed: then nothing tells its words
 * from those of a program.
 *
 * Seen on Podman 4.3.1 with runc 1.1.5; crun's form was not seen
 */
export function startFailureWords(program: string): StartFailureWords {
  const beginnings = [
    `Error: runc: exec failed: unable to start container process: exec: ${JSON.stringify(program)}: `,
    `Error: crun: executable file \`${program}\` not found`,
  ];
  const named = beginnings.map(literally).join('|');
  const ends = 'OCI runtime attempted to invoke a command that was not found|OCI permission denied';
  const attach = 'Error: (?:read|write) unix[^\\n]*\\n';
  return {
    beginnings,
    whole: new RegExp(`^(?:${named})[^\\n]*: (?:${ends})\\n(?:${attach})?$`, 'u'),
  };
}

/** The text of an error body; libpod puts the chain into `message` and its root into `cause`. */
export function failureText(body: string): string {
  try {
    const { message, cause } = JSON.parse(body) as { message?: unknown; cause?: unknown };
    if (typeof message === 'string' && message !== '') {
      return typeof cause === 'string' && !message.includes(cause)
        ? `${message}: ${cause}`
        : message;
    }
  } catch {
    // Not libpod's: the text itself is all there is.
  }
  return body.trim() === '' ? 'the engine gave no reason' : body.trim();
}

/** What went wrong on the way to the engine, as an error of ours. */
export function transportError(doing: string, thrown: unknown, signal?: AbortSignal): CtError {
  if (thrown instanceof CtError) return thrown;
  if (signal?.aborted === true) {
    const reason: unknown = signal.reason;
    return reason instanceof CtError
      ? reason
      : new CtError('canceled', `stopped: ${doing}`, { cause: reason });
  }
  const { code, message, name } = thrown as NodeJS.ErrnoException;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return tooLate(doing);
  if (name === 'HTTPParserError') {
    return new CtError('unavailable', `cannot ${doing}: what listens there does not speak HTTP`, {
      cause: thrown,
    });
  }
  return new CtError('unavailable', `cannot ${doing}: the engine closed the connection`, {
    hint: 'run again; if it happens often, see the log of the podman service',
    details: { reason: printable(String(message)) },
    cause: thrown,
  });
}

/** The engine is there and says nothing. */
export function tooLate(doing: string): CtError {
  return new CtError('deadline_exceeded', `cannot ${doing}: the engine does not answer`, {
    hint: 'it may be stopped or overloaded: look at it with ps -C podman -o pid,stat,args, end it, and run again',
  });
}

/** The first line, without control characters, and not a page of it. */
function shorten(text: string): string {
  const line = printable(text.trim());
  return line.length > 600 ? `${line.slice(0, 600)}…` : line;
}

function subordinateIdsHint(): string {
  const add = subidsCommand(readSubidFiles(), callingAccount());
  return [
    ...(add === undefined ? [] : [`your account needs subordinate ids; as root:  ${add}`]),
    'newuidmap and newgidmap must be there, with their rights; as root:  apt-get install --reinstall uidmap',
    'and then, as yourself:  podman system migrate',
  ].join('\n');
}
