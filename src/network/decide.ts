import { parseAddress, renderAddress, type Address } from './address.ts';
import { normaliseName } from './domain-name.ts';
import type { DenyReason, NetworkPolicy, Request, Rule, Verdict } from './policy.ts';
import { HOST_DOMAIN } from './policy.ts';
import { RuleIndex } from './rule-index.ts';
import { effectiveAddress, kindOf, type AddressKind } from './special.ts';

/**
 * Whether a program may connect there. Deny by default in strict; block wins over allow; an empty list
 * allows nothing. What a name leads to is a second question: {@link decideTarget}.
 */
export function decide(policy: NetworkPolicy, request: Request): Verdict {
  if (policy.mode === 'offline') return deny('offline');
  if (!isPort(request.port)) return deny('malformed');
  return 'name' in request
    ? decideName(policy, request.name, request.port)
    : decideAddress(policy, request.address, request.port);
}

/**
 * Whether a name is answered at all: when it may be reached on any port. A rule that blocks some of
 * its ports only does not hide it.
 */
export function mayResolve(policy: NetworkPolicy, name: string): Verdict {
  if (policy.mode === 'offline') return deny('offline');
  return decideName(policy, name, undefined);
}

/** An address that is about to be dialled, with the name that led there, if one did. */
export interface Target {
  readonly name?: string;
  readonly address: string;
  readonly port: number;
}

/**
 * Whether the address that a name led to, or that a program asked for itself, may be dialled: never
 * the host, its loopback, its cable or its cloud; private addresses only where a rule says so. Every
 * address of an answer is asked about, and the very one that was allowed is dialled.
 *
 * `ownAddresses` are those of the host's interfaces. Of host services ({@link Verdict}.service) nothing
 * is asked here: they are addresses that the user wrote down.
 */
export function decideTarget(
  policy: NetworkPolicy,
  target: Target,
  ownAddresses: readonly string[],
): Verdict {
  const first =
    target.name === undefined
      ? decide(policy, target)
      : decide(policy, { name: target.name, port: target.port });
  if (first.verdict === 'deny') return first;
  const given = parseAddress(target.address);
  if (given === undefined) return deny('malformed');
  const { allow, block } = indexOf(policy);
  for (const address of bothForms(given)) {
    const blocked = find(block.forAddress(address), target.port, undefined);
    if (blocked !== undefined) return deny('blocked', blocked.text);
  }
  const effective = effectiveAddress(given);
  const kind = kindOf(effective);
  if (isNeverDialled(kind)) return deny('special_address', undefined, kind);
  if (isOwn(effective, ownAddresses)) return deny('host_address', undefined, 'this host');
  if (!isHouse(kind)) return first;
  const named = find(allow.forAddress(effective), target.port, policy.ports);
  if (named !== undefined) return { verdict: 'allow', reason: 'allowed', rule: named.text };
  return mayBePrivate(policy, target) ? first : deny('special_address', undefined, kind);
}

/** Where programs go that nobody has listed: web, ssh, git, proxies, databases, mail. */
const RECORDED_PORTS = [22, 80, 443, 465, 587, 993, 3306, 5432, 6379, 8000, 8080, 8443, 9418];

/** Ports that any rule or host service opens in strict, ascending: what there must be listeners for. */
export function portsOf(policy: NetworkPolicy): readonly number[] {
  const services = Object.values(policy.hostServices).map(({ port }) => port);
  const rules = policy.allow.flatMap(({ ports }) => ports ?? policy.ports);
  const usual = policy.record !== undefined ? RECORDED_PORTS : [];
  return [...new Set([...rules, ...services, ...usual])].sort((a, b) => a - b);
}

function decideName(policy: NetworkPolicy, text: string, port: number | undefined): Verdict {
  const name = normaliseName(text);
  if (name === undefined) return deny('malformed');
  if (name === HOST_DOMAIN || name.endsWith(`.${HOST_DOMAIN}`)) {
    return decideService(policy, name, port);
  }
  const { allow, block } = indexOf(policy);
  const blocked = find(block.forName(name), port, undefined);
  if (blocked !== undefined) return deny('blocked', blocked.text);
  const rules = [...allow.forName(name)];
  return allowBy(policy, rules, port);
}

function decideAddress(policy: NetworkPolicy, text: string, port: number): Verdict {
  const given = parseAddress(text);
  if (given === undefined) return deny('malformed');
  const { allow, block } = indexOf(policy);
  const forms = bothForms(given);
  const blocked = find(
    forms.flatMap((form) => [...block.forAddress(form)]),
    port,
    undefined,
  );
  if (blocked !== undefined) return deny('blocked', blocked.text);
  return allowBy(policy, [...allow.forAddress(effectiveAddress(given))], port);
}

/** `<service>.host.ct`: what the user listed, on the service's own port. */
function decideService(policy: NetworkPolicy, name: string, port: number | undefined): Verdict {
  const key = name.slice(0, -HOST_DOMAIN.length - 1);
  const service = Object.hasOwn(policy.hostServices, key) ? policy.hostServices[key] : undefined;
  if (service === undefined) return deny('not_allowed');
  if (policy.mode !== 'strict') return deny('not_allowed', undefined, 'for strict sessions only');
  if (port !== undefined && port !== service.port) {
    return deny('port', name, `its port is ${service.port}`);
  }
  return { verdict: 'allow', reason: 'host_service', rule: name, service };
}

function allowBy(policy: NetworkPolicy, rules: readonly Rule[], port: number | undefined): Verdict {
  const rule = find(rules, port, policy.ports);
  if (rule !== undefined) return { verdict: 'allow', reason: 'allowed', rule: rule.text };
  if (policy.mode === 'permissive') return { verdict: 'allow', reason: 'permissive' };
  if (policy.record !== undefined) return { verdict: 'allow', reason: 'recorded' };
  const [near] = rules;
  if (near === undefined) return deny('not_allowed');
  const ports = rules.flatMap(({ ports }) => ports ?? policy.ports);
  return deny('port', near.text, `its ports are ${[...new Set(ports)].join(', ')}`);
}

/**
 * The first rule that holds for a port, or for a name when there is no port: a rule that blocks some
 * ports only (`fallback` undefined) does not speak about the name.
 */
function find<R extends Rule>(
  rules: Iterable<R>,
  port: number | undefined,
  fallback: readonly number[] | undefined,
): R | undefined {
  for (const rule of rules) {
    const ports = rule.ports ?? fallback;
    if (ports === undefined) return rule;
    if (port === undefined ? fallback !== undefined && ports.length > 0 : ports.includes(port))
      return rule;
  }
  return undefined;
}

function mayBePrivate(policy: NetworkPolicy, { name, port }: Target): boolean {
  const normal = name === undefined ? undefined : normaliseName(name);
  if (normal === undefined) return false;
  return find(indexOf(policy).private.forName(normal), port, undefined) !== undefined;
}

/** Kinds that no rule opens: what is there is this machine, its cloud, or nobody. */
function isNeverDialled(kind: AddressKind): boolean {
  return !isHouse(kind) && kind !== 'public' && kind !== 'documentation';
}

/** Addresses of a house or a company, where a user may have something to be reached. */
function isHouse(kind: AddressKind): boolean {
  return kind === 'private' || kind === 'shared';
}

function isOwn(address: Address, ownAddresses: readonly string[]): boolean {
  const text = renderAddress(address);
  return ownAddresses.some((own) => {
    const parsed = parseAddress(own);
    return parsed !== undefined && renderAddress(effectiveAddress(parsed)) === text;
  });
}

function bothForms(address: Address): readonly Address[] {
  const effective = effectiveAddress(address);
  return effective === address ? [address] : [address, effective];
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function deny(reason: DenyReason, rule?: string, detail?: string): Verdict {
  return {
    verdict: 'deny',
    reason,
    ...(rule === undefined ? {} : { rule }),
    ...(detail === undefined ? {} : { detail }),
  };
}

interface Indexes {
  readonly allow: RuleIndex;
  readonly block: RuleIndex;
  readonly private: RuleIndex;
}

const indexes = new WeakMap<NetworkPolicy, Indexes>();

/** The policy's rules, arranged; once for each policy, whose lists never change. */
function indexOf(policy: NetworkPolicy): Indexes {
  let found = indexes.get(policy);
  if (found === undefined) {
    found = {
      allow: new RuleIndex(policy.allow),
      block: new RuleIndex(policy.block),
      private: new RuleIndex(policy.allowPrivate),
    };
    indexes.set(policy, found);
  }
  return found;
}
