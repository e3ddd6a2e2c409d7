import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** A secret is named like an environment variable in capitals: the entry script's own are in small letters. */
const NAME = /^[A-Z][A-Z0-9_]{0,127}$/u;

/**
 * Variables that decide what runs, where it is found or whom it talks to. As a secret from a file they
 * would be a way in, so none may be one (SECURITY WS-06, ESC-21).
 */
const RESERVED =
  /^(?:(?:CT|LD|XDG|LC|DYLD|BASH|GIT|PYTHON|RUBY|NODE|NPM_CONFIG|CONTAINER|DOCKER)_.*|PATH|HOME|USER|PS[0-4]|LOGNAME|SHELL|PWD|OLDPWD|IFS|ENV|TERM|LANG|HOSTNAME|PROMPT_COMMAND|PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|PERL5LIB|PERL5OPT|RUBYOPT|RUBYLIB|EDITOR|VISUAL|PAGER|BROWSER|SSH_AUTH_SOCK|SSH_ASKPASS|(?:HTTPS?|ALL|NO|FTP)_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/u;

/** Why `name` cannot be a secret's; `undefined` when it can. */
export function faultOfName(name: string): string | undefined {
  if (!NAME.test(name)) return 'capitals, digits and _ make a name, such as GEMINI_API_KEY';
  if (RESERVED.test(name) && !KEYS_AMONG_RESERVED.test(name)) {
    return 'this variable steers programs, so it is not a secret that can be granted';
  }
  return undefined;
}

/** Names that a reserved beginning would catch and that do hold keys. */
const KEYS_AMONG_RESERVED =
  /^(?:GIT|NODE|NPM_CONFIG|DOCKER)_(?:.*_)?(?:TOKEN|PASSWORD|KEY|SECRET)$/u;

/**
 * `name`, if a secret can be called so. What is refused is not repeated: it may be a value that was typed
 * in the name's place.
 *
 * Errors: invalid_argument
 */
export function checkedName(name: string): string {
  const fault = faultOfName(name);
  if (fault === undefined) return name;
  const shown = NAME.test(name) ? `${printable(name)}: ` : '';
  throw new CtError('invalid_argument', `${shown}not the name of a secret: ${fault}`, {
    hint: 'for example:  ct secrets set GEMINI_API_KEY',
  });
}
