import { domainToASCII } from 'node:url';
import { parseAddress, parseBlock, renderAddress } from './address.ts';
import { normaliseName } from './domain-name.ts';
import { HOST_DOMAIN, type Rule } from './policy.ts';
import { kindOf } from './special.ts';

/** Why a text is no rule, and what to write instead. */
export interface RuleFault {
  readonly message: string;
  readonly hint: string;
}

/** A rule, or what is wrong with its text. */
export type ParsedRule = { readonly rule: Rule } | { readonly fault: RuleFault };

/** The list that a rule is for: not everything that can be blocked can be allowed. */
export type RuleList = 'allow' | 'block';

/** Judges the name behind `*.`; see public-suffix.ts, which is loaded only when there is a star. */
export type SuffixJudge = (name: string) => 'suffix' | 'above' | undefined;

/**
 * A rule as people write it: `example.com`, `*.example.com`, `203.0.113.7`, `2001:db8::/32`, each with a
 * port if need be: `github.com:22`, `[2001:db8::1]:443`.
 */
export function parseRule(
  given: string,
  list: RuleList,
  origin: string,
  suffixFault?: SuffixJudge,
): ParsedRule {
  const text = given.trim();
  const strange = strangeForm(text);
  if (strange !== undefined) return { fault: strange };
  const { host, port } = splitPort(text);
  const ports = port === undefined ? undefined : parsePort(port);
  if (ports === 'wrong') {
    return fault(`':${port}' is not a port`, 'ports are whole numbers from 1 to 65535');
  }
  if (ports?.[0] === 53) {
    return fault('port 53 is answered by the session itself', 'name the host without a port');
  }
  const parts = { text: given.trim(), origin, ...(ports === undefined ? {} : { ports }) };
  const block = parseBlock(host);
  if (block === 'host_bits') {
    return fault(
      `'${host}' has bits set behind its prefix`,
      'write the first address of the range',
    );
  }
  if (block === undefined) return nameRule(host, list, parts, suffixFault);
  const address = renderAddress(block.base);
  const rule: Rule = { kind: 'address', address, prefix: block.prefix, ...parts };
  const refusal = list === 'allow' ? allowFault(address, block.prefix) : undefined;
  return refusal === undefined ? { rule } : { fault: refusal };
}

/** Things that people paste. */
function strangeForm(text: string): RuleFault | undefined {
  const example = "write a name, an address or a range: 'example.com', '203.0.113.7', '10.0.0.0/8'";
  if (text === '' || text.length > 300)
    return { message: 'not a name or an address', hint: example };
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\s]*@)?([^/?#\s]*)/iu.exec(text);
  if (url !== null) {
    return { message: 'a URL; rules are about hosts', hint: `write '${url[2] ?? ''}'` };
  }
  if (text === '*' || text === '*.*') {
    return { message: "'*' is everything", hint: "for an open network: '--network permissive'" };
  }
  if (/[\s@%\\?#,;"'<>]/u.test(text)) return { message: 'not a name or an address', hint: example };
  return undefined;
}

/** Host and port of `host:port` and `[v6]:port`; a bare IPv6 address has no port. */
function splitPort(text: string): { readonly host: string; readonly port: string | undefined } {
  const bracket = /^\[([^\]]*)\](?::(.*))?$/u.exec(text);
  if (bracket !== null) return { host: bracket[1] ?? '', port: bracket[2] };
  const colon = text.indexOf(':');
  if (colon < 0 || text.includes(':', colon + 1)) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function parsePort(text: string): readonly number[] | 'wrong' {
  const isPort = /^[1-9]\d{0,4}$/u.test(text) && Number(text) < 65_536;
  return isPort ? [Number(text)] : 'wrong';
}

type Parts = Pick<Rule, 'text' | 'origin' | 'ports'>;

function nameRule(
  host: string,
  list: RuleList,
  parts: Parts,
  suffixFault: SuffixJudge | undefined,
): ParsedRule {
  const below = host.startsWith('*.');
  const bare = below ? host.slice(2) : host;
  const wrong = nameFault(bare);
  if (wrong !== undefined) return { fault: wrong };
  const name = asciiName(bare);
  if (name === undefined) {
    return fault(`'${host}' is not a name`, 'letters, digits and hyphens, with dots between');
  }
  if (list === 'allow' && (name === HOST_DOMAIN || name.endsWith(`.${HOST_DOMAIN}`))) {
    const example = 'db = "127.0.0.1:5432"';
    return fault(
      'services of this host are listed by themselves',
      `[network.host_services] ${example}`,
    );
  }
  if (list === 'allow' && (name === 'localhost' || name.endsWith('.localhost'))) {
    return fault(
      "inside, localhost is the session's own",
      'for a service of this host: [network.host_services]',
    );
  }
  const open = below && list === 'allow' ? suffixFault?.(name) : undefined;
  if (open !== undefined) return { fault: openWildcard(name, open) };
  return { rule: { kind: 'name', name, below, ...parts } };
}

function nameFault(name: string): RuleFault | undefined {
  if (name.startsWith('.')) {
    return { message: 'a name begins without a dot', hint: `everything below it: '*${name}'` };
  }
  if (name.includes('*')) {
    const hint = "a star stands for everything below a name: '*.example.com'";
    return { message: 'a star that is not at the beginning', hint };
  }
  if (/^[\d.]+(?:\/\d+)?$/u.test(name) || name.includes('/')) {
    const hint = "addresses are written in full: '203.0.113.7', '10.0.0.0/8'; names without a path";
    return { message: `'${name}' is not an address`, hint };
  }
  return undefined;
}

/** Names in other scripts as DNS has them. What looks like another name stays another name. */
function asciiName(text: string): string | undefined {
  // domainToASCII also decodes and reads numbers: it gets names in other scripts, and punycode to check.
  const isPlain = /^[\w.-]+$/u.test(text) && !/(?:^|\.)xn--/iu.test(text);
  const ascii = isPlain ? text : domainToASCII(text);
  return parseAddress(ascii) === undefined ? normaliseName(ascii) : undefined;
}

function openWildcard(name: string, why: 'suffix' | 'above'): RuleFault {
  const hint = `name the hosts that you mean, such as 'www.${name}', or the part of one owner: '*.owner.${name}'`;
  return why === 'suffix'
    ? { message: `anybody can have a name below '${name}': '*.${name}' would allow them all`, hint }
    : { message: `'*.${name}' holds parts in which anybody can have a name`, hint };
}

/** Addresses that no rule opens, and the whole of the Internet. */
function allowFault(address: string, prefix: number): RuleFault | undefined {
  if (prefix === 0) {
    return {
      message: 'that is every address',
      hint: "for an open network: '--network permissive'",
    };
  }
  const parsed = parseAddress(address);
  const kind = parsed === undefined ? 'reserved' : kindOf(parsed);
  if (['public', 'documentation', 'private', 'shared'].includes(kind)) return undefined;
  const words = kind.replace('_', '-');
  return {
    message: `no rule opens ${words} addresses`,
    hint:
      kind === 'loopback'
        ? 'for a service of this host: [network.host_services] db = "127.0.0.1:5432"'
        : 'what is there is this machine, its network or nobody',
  };
}

function fault(message: string, hint: string): ParsedRule {
  return { fault: { message, hint } };
}
