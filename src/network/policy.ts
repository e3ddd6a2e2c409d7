/**
 * What a session may reach, as plain data: it is a part of the plan, it is what `ct run --dry-run` prints
 * and what goes over the control socket when the policy of a running session changes.
 */
export interface NetworkPolicy {
  readonly schema: 1;
  readonly mode: PolicyMode;
  /** What may be reached in strict; in permissive, exceptions for private addresses */
  readonly allow: readonly Rule[];
  /** What may not be reached in any mode; wins over `allow` */
  readonly block: readonly Rule[];
  /** Ports of rules that name none */
  readonly ports: readonly number[];
  /** Names that may lead to private addresses, if `allow` has them too */
  readonly allowPrivate: readonly NameRule[];
  /** Services of the host, each reachable as `<name>.host.ct` on its own port */
  readonly hostServices: Readonly<Record<string, HostService>>;
  /**
   * `ct network learn`: what no rule allows passes and is noted (`recorded`); what is blocked, and
   * addresses that are nobody's business, stay denied. The two differ in what is said at the end
   */
  readonly record?: 'learn' | 'shadow';
}

/** How a session reaches the network. */
export type PolicyMode = 'strict' | 'offline' | 'permissive';

/** One line of a list. */
export type Rule = NameRule | AddressRule;

interface RuleParts {
  /** As it was written, for messages and the log */
  readonly text: string;
  /** Ports of its own; without, the policy's */
  readonly ports?: readonly number[];
  /** Where it comes from: `user`, `agent gemini`, `registry npm` … */
  readonly origin: string;
}

/** A name, or with `below` everything below it at any depth, but not itself. */
export interface NameRule extends RuleParts {
  readonly kind: 'name';
  /** Lower case, ASCII (IDNA), without a trailing dot */
  readonly name: string;
  readonly below: boolean;
}

/** Addresses: one, or all with the same first `prefix` bits. */
export interface AddressRule extends RuleParts {
  readonly kind: 'address';
  /** Canonical text */
  readonly address: string;
  readonly prefix: number;
}

/** Where a service of the host listens. */
export interface HostService {
  readonly address: string;
  readonly port: number;
}

/** What a program inside asks for: a name, or an address that it brought along. */
export type Request =
  | { readonly name: string; readonly port: number }
  | { readonly address: string; readonly port: number };

/** Why something was allowed. */
export type AllowReason = 'allowed' | 'host_service' | 'permissive' | 'recorded';

/** Why something was denied. */
export type DenyReason =
  /** no rule allows it */
  | 'not_allowed'
  /** a rule blocks it */
  | 'blocked'
  /** allowed, but not on this port */
  | 'port'
  /** the session has no network */
  | 'offline'
  /** not a name or address that can be asked for */
  | 'malformed'
  /** a special-purpose address: private, loopback, link-local, metadata, multicast… */
  | 'special_address'
  /** an address of this host */
  | 'host_address';

/** What was decided about a request, and by which rule. */
export type Verdict =
  | {
      readonly verdict: 'allow';
      readonly reason: AllowReason;
      /** Text of the rule that decided */
      readonly rule?: string;
      /** Where to dial instead of resolving the name */
      readonly service?: HostService;
    }
  | {
      readonly verdict: 'deny';
      readonly reason: DenyReason;
      readonly rule?: string;
      /** More for people: which kind of special address, which ports there are */
      readonly detail?: string;
    };

/** The policy of a session without a single rule. */
export function emptyPolicy(mode: PolicyMode, ports: readonly number[]): NetworkPolicy {
  return { schema: 1, mode, allow: [], block: [], ports, allowPrivate: [], hostServices: {} };
}

/** Domain below which the services of the host appear. */
export const HOST_DOMAIN = 'host.ct';
