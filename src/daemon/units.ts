import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** What a unit is made from. */
export interface UnitParts {
  /** Program and arguments, the first an absolute path */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it writes what it has to say */
  readonly log: string;
}

/** The first line of what ct wrote: anything else under its name is somebody's own. */
export const MARK = "Written by 'ct daemon install'.";

/**
 * A systemd unit from its template.
 *
 * Errors: invalid_argument for a value that has no place in a line
 * Source: systemd.syntax(7), systemd.service(5) "Command lines", systemd.exec(5) "Environment="
 */
export function renderUnit(template: string, { command, env, log }: UnitParts): string {
  const environment = Object.entries(env).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  );
  return filled(template, {
    COMMAND: command.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' '),
    ENVIRONMENT: environment.join('\n'),
    // A path of `append:` stands as it is, without quotes.
    LOG: oneLine(log).replaceAll('%', '%%'),
  });
}

/**
 * A property list for launchd from its template.
 *
 * Errors: invalid_argument for a value that has no place in a line
 * Source: launchd.plist(5)
 */
export function renderPlist(template: string, { command, env, log }: UnitParts): string {
  const entries = Object.entries(env).map(
    ([name, value]) => `    <key>${escaped(name)}</key>\n    <string>${escaped(value)}</string>`,
  );
  return filled(template, {
    COMMAND: command.map((word) => `    <string>${escaped(word)}</string>`).join('\n'),
    ENVIRONMENT: entries.join('\n'),
    LOG: escaped(log),
  });
}

/** All holes at once: what fills one is no template. */
function filled(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z]+)@/gu, (hole, name: string) => parts[name] ?? hole);
}

function quoted(word: string): string {
  const text = oneLine(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${text.replaceAll('%', '%%')}"`;
}

function escaped(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f\u007f]/u.test(text)) return text;
  throw new CtError('invalid_argument', `'${printable(text)}' cannot stand in a unit`, {
    hint: 'a path or a variable has a line break or another control character: change it',
  });
}
