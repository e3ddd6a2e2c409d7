import { isInBlock, parseAddress, parseBlock, type Address, type Block } from './address.ts';

/** What an address is for. Everything but `public` and `documentation` is special. */
export type AddressKind =
  /** a host of the Internet */
  | 'public'
  /** examples in texts; on the Internet nobody answers there */
  | 'documentation'
  /** of a house, a company or a cluster: RFC 1918, unique local */
  | 'private'
  /** between a provider and its customers: RFC 6598 */
  | 'shared'
  /** this machine */
  | 'loopback'
  /** this cable; in clouds, services of the host */
  | 'link_local'
  /** where a cloud hands credentials to its machines */
  | 'metadata'
  | 'multicast'
  | 'unspecified'
  | 'broadcast'
  /** benchmarks of networks; names of sessions have their addresses there */
  | 'benchmarking'
  /** an IPv4 address in an IPv6 one, routed by whoever feels responsible */
  | 'tunnel'
  | 'reserved';

/**
 * Where clouds answer their machines, also outside of link-local: the general one, AWS (also ECS and
 * EKS), Google, Alibaba, Oracle, Azure.
 */
const METADATA = [
  ...['169.254.169.254', '169.254.170.2', '169.254.170.23', 'fd00:ec2::254', 'fd00:ec2::23'],
  ...['fd20:ce::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
];

/**
 * The first line that holds an address decides, so the narrower stands before the wider. Entries of
 * the registries that are marked globally reachable and are a service of the local network all the
 * same (port control and TURN anycast) stay with their block: reserved.
 *
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), IPv4 and IPv6 multicast
 * and IPv6 address space registries; RFC 4291, RFC 6052, RFC 3056, RFC 4380
 */
const TABLE: readonly (readonly [block: string, kind: AddressKind])[] = [
  ...METADATA.map((text) => [text, 'metadata'] as const),
  ['0.0.0.0', 'unspecified'],
  ['0.0.0.0/8', 'reserved'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'tunnel'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::/96', 'tunnel'],
  ['2001::/32', 'tunnel'],
  ['2001:2::/48', 'benchmarking'],
  ['2001:db8::/32', 'documentation'],
  ['2001::/23', 'reserved'],
  ['2002::/16', 'tunnel'],
  ['3fff::/20', 'documentation'],
  ['2000::/3', 'public'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link_local'],
  ['ff00::/8', 'multicast'],
  // What no registry has given out yet, discard-only 100::/64, segment routing 5f00::/16, site-local.
  ['::/0', 'reserved'],
];

/** Read by the first question: most runs have none. */
let tableRead: readonly { readonly block: Block; readonly kind: AddressKind }[] | undefined;
const blocks = () => (tableRead ??= TABLE.map(([text, kind]) => ({ block: blockOf(text), kind })));

/** Forms whose IPv4 address is what is dialled: mapped, and NAT64 of networks without IPv4. */
let wrappersRead: readonly Block[] | undefined;
const wrappers = () => (wrappersRead ??= ['::ffff:0:0/96', '64:ff9b::/96'].map(blockOf));

/** The address that a connection really goes to: the IPv4 one inside a mapped or NAT64 address. */
export function effectiveAddress(address: Address): Address {
  return wrappers().some((block) => isInBlock(address, block))
    ? { family: 4, value: address.value & 0xffff_ffffn }
    : address;
}

/** What an address is for; an IPv4 address inside an IPv6 one is judged as itself. */
export function kindOf(address: Address): AddressKind {
  const effective = effectiveAddress(address);
  return blocks().find(({ block }) => isInBlock(effective, block))?.kind ?? 'public';
}

/** `kindOf` for text; what is not an address is `reserved`. */
export function kindOfText(text: string): AddressKind {
  const address = parseAddress(text);
  return address === undefined ? 'reserved' : kindOf(address);
}

function blockOf(text: string): Block {
  const block = parseBlock(text);
  if (block === undefined || block === 'host_bits') throw new TypeError(`not a block: ${text}`);
  return block;
}
