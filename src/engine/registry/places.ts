import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { parseTomlText } from '../../config/toml.ts';
import type { Account } from './account.ts';
import type { Reference } from './reference.ts';
import { listOf, wordOf } from './json.ts';

/** A place where an image can be had. */
export interface Place {
  /** Registry, with its port if it has one */
  readonly registry: string;
  readonly repository: string;
  /** Certificates are not looked at, and plain HTTP will do: the user said so */
  readonly insecure: boolean;
}

interface Rule {
  readonly prefix: string;
  readonly location: string;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly Mirror[];
}

interface Mirror {
  readonly location: string;
  readonly insecure: boolean;
  readonly from: string;
}

/**
 * Where to ask for an image, in order: the mirrors that the user's `registries.conf` has for it, then the
 * registry itself, or what stands in for it.
 *
 * Errors: permission_denied when it is blocked · failed_precondition for a file that cannot be read
 * Source: containers-registries.conf(5), containers-registries.conf.d(5)
 */
export function placesOf(reference: Reference, account: Account): readonly Place[] {
  const { registry, repository, text } = reference;
  const name = `${registry}/${repository}`;
  const rule = ruleFor(name, readRules(account));
  if (rule === undefined) return [{ registry, repository, insecure: false }];
  if (rule.blocked) {
    throw new CtError(
      'permission_denied',
      `cannot pull ${printable(text)}: registries.conf blocks ${printable(rule.prefix)}`,
    );
  }
  const rest = rule.prefix.startsWith('*.') ? undefined : name.slice(rule.prefix.length);
  const kind = 'digest' in reference.version ? 'digest-only' : 'tag-only';
  const mirrors = rule.mirrors.filter(({ from }) => from === 'all' || from === kind);
  return [...mirrors, rule].map(({ location, insecure }) => ({
    ...splitName(rest === undefined || location === '' ? name : `${location}${rest}`),
    insecure,
  }));
}

/** The rule with the longest prefix. */
function ruleFor(name: string, rules: readonly Rule[]): Rule | undefined {
  return rules
    .filter(({ prefix }) => covers(prefix, name))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function covers(prefix: string, name: string): boolean {
  if (prefix.startsWith('*.')) return name.split(/[:/]/u)[0]?.endsWith(prefix.slice(1)) === true;
  return name === prefix || (name.startsWith(prefix) && /[:/]/u.test(name[prefix.length] ?? ''));
}

function splitName(name: string): { readonly registry: string; readonly repository: string } {
  const slash = name.indexOf('/');
  if (slash < 0 || !URL.canParse(`https://${name}`)) {
    throw new CtError(
      'failed_precondition',
      `registries.conf leads to ${printable(name)}, which names no repository`,
    );
  }
  return { registry: name.slice(0, slash), repository: name.slice(slash + 1) };
}

/** All rules; one that is read later takes the place of one with the same prefix. */
function readRules({ env, home }: Account): readonly Rule[] {
  const own = `${home}/.config/containers/registries.conf`;
  const system = '/etc/containers/registries.conf';
  const named = env['CONTAINERS_REGISTRIES_CONF'];
  const main = named !== undefined && named !== '' ? named : existsSync(own) ? own : system;
  const files = [main, ...dropIns(`${system}.d`), ...dropIns(`${own}.d`)];
  const rules = files.flatMap((path) => rulesIn(path));
  return [...new Map(rules.map((rule) => [rule.prefix, rule])).values()];
}

function dropIns(dir: string): readonly string[] {
  try {
    const names = readdirSync(dir).filter((name) => name.endsWith('.conf'));
    return names.sort().map((name) => `${dir}/${name}`);
  } catch {
    return [];
  }
}

function rulesIn(path: string): readonly Rule[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw unreadable(path, String(code), thrown);
  }
  try {
    return listOf(parseTomlText(text)['registry']).map(ruleOf);
  } catch (thrown) {
    throw unreadable(path, 'it is no TOML', thrown);
  }
}

/** What is not understood might be a wall: the pull stops. */
function unreadable(path: string, why: string, cause: unknown): CtError {
  return new CtError('failed_precondition', `cannot read ${printable(path)}: ${why}`, { cause });
}

function ruleOf(table: Readonly<Record<string, unknown>>): Rule {
  const location = wordOf(table['location']);
  const byDigest = table['mirror-by-digest-only'] === true;
  return {
    location,
    prefix: wordOf(table['prefix']) || location,
    insecure: table['insecure'] === true,
    blocked: table['blocked'] === true,
    mirrors: listOf(table['mirror']).map((mirror) => ({
      location: wordOf(mirror['location']),
      insecure: mirror['insecure'] === true,
      from: byDigest ? 'digest-only' : wordOf(mirror['pull-from-mirror']) || 'all',
    })),
  };
}
