import { BITS, isInBlock, parseAddress, renderBlock, type Block } from './address.ts';
import type { AddressRule, NetworkPolicy } from './policy.ts';
import { DENIED_SETS, auditSet, auditSets, dnsLimit, refusals, table } from './ruleset.ts';

/** What the rules of a permissive session need to know beside its policy. */
export interface PermissiveRules {
  readonly policy: NetworkPolicy;
  /** Addresses of the host's interfaces, and those by which the uplink's program leads to the host */
  readonly hostAddresses: readonly string[];
  /** Where names are asked: the gateway's own socket in the session, or a resolver of the uplink */
  readonly dns:
    { readonly kind: 'gateway' } | { readonly kind: 'resolver'; readonly address: string };
}

/** What no session reaches through an uplink, unless a rule says so. As in special.ts */
const PRIVATE = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'],
  ...['168.63.129.16', '::/96', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64'],
  ...['2001::/32', '2002::/16', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

/** A house's addresses: what `allow` may open. Never this host, its cable or its cloud. */
const OPENABLE = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const METADATA = ['100.100.100.200', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'];

/**
 * The rules of a permissive session, loaded before its uplink is attached: blocked addresses, private
 * ranges and the host are refused, everything else passes. Blocks stand before open connections, so a
 * new one cuts what is open.
 */
export function renderPermissive({ policy, hostAddresses, dns }: PermissiveRules): string {
  const host = blocksOf([...hostAddresses, ...METADATA]);
  const opened = policy.allow.filter(isOpenable);
  return table([
    ...auditSets(),
    ...auditSet(DENIED_SETS.ipv6, 'ipv6_addr . inet_proto . inet_service', 4096),
    '  chain nat_out {',
    '    type nat hook output priority -100; policy accept;',
    ...(dns.kind === 'gateway' ? toGateway() : []),
    '  }',
    '  chain refuse {',
    // Only what a program asks for: the kernel itself says much over ICMPv6 that is nobody's attempt.
    `    meta nfproto ipv6 meta l4proto { tcp, udp } update @${DENIED_SETS.ipv6} { ip6 daddr . meta l4proto . th dport }`,
    ...refusals(),
    '  }',
    '  chain output_ {',
    '    type filter hook output priority 0; policy drop;',
    ...dnsLimit(),
    '    oifname "lo" accept',
    ...policy.block.flatMap((rule) => (rule.kind === 'address' ? blockLine(rule) : [])),
    ...verdictLines(host, 'jump refuse'),
    '    ct state established,related accept',
    '    ct state invalid drop',
    // Neighbour discovery and router solicitation: without them there is no IPv6 at all.
    '    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report } accept',
    ...(dns.kind === 'resolver' ? resolverLines(dns.address) : [NO_OTHER_RESOLVER]),
    ...opened.flatMap((rule) => openLine(rule, policy.ports)),
    ...verdictLines(blocksOf(PRIVATE), 'jump refuse'),
    '    accept',
    '  }',
    '  chain input_ {',
    '    type filter hook input priority 0; policy drop;',
    '    iifname "lo" accept',
    '    ct state established,related accept',
    '    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept',
    '  }',
    '  chain forward_ {',
    '    type filter hook forward priority 0; policy drop;',
    '  }',
  ]);
}

/** The gateway answers over IPv4; over IPv6 a blocked name could be asked of anybody. */
const NO_OTHER_RESOLVER = '    meta l4proto { tcp, udp } th dport 53 jump refuse';

/** Whichever resolver a program asks, the gateway answers: else blocked names could be asked elsewhere. */
function toGateway(): readonly string[] {
  return ['udp', 'tcp'].map(
    (protocol) => `    meta nfproto ipv4 ${protocol} dport 53 dnat to 127.0.0.1:53`,
  );
}

function resolverLines(address: string): readonly string[] {
  return blocksOf([address]).flatMap((block) =>
    ['udp', 'tcp'].map(
      (protocol) => `    ${family(block)} daddr ${renderBlock(block)} ${protocol} dport 53 accept`,
    ),
  );
}

function blockLine(rule: AddressRule): readonly string[] {
  return linesFor(rule, rule.ports, 'jump refuse');
}

function openLine(rule: AddressRule, ports: readonly number[]): readonly string[] {
  return linesFor(rule, rule.ports ?? ports, 'accept');
}

function linesFor(
  rule: AddressRule,
  ports: readonly number[] | undefined,
  verdict: string,
): readonly string[] {
  if (ports !== undefined && ports.length === 0) return [];
  const match =
    ports === undefined ? '' : ` meta l4proto { tcp, udp } th dport { ${ports.join(', ')} }`;
  return blocksOf([`${rule.address}/${rule.prefix}`]).map(
    (block) => `    ${family(block)} daddr ${renderBlock(block)}${match} ${verdict}`,
  );
}

/** One line for each family, with the blocks that are within another left out. */
function verdictLines(blocks: readonly Block[], verdict: string): readonly string[] {
  return ([4, 6] as const).flatMap((version) => {
    const mine = blocks.filter(({ base }) => base.family === version);
    const outer = mine.filter(
      (block, index) => !mine.some((other, at) => covers(other, at, block, index)),
    );
    if (outer.length === 0) return [];
    return [
      `    ${version === 4 ? 'ip' : 'ip6'} daddr { ${outer.map(renderBlock).join(', ')} } ${verdict}`,
    ];
  });
}

function covers(other: Block, at: number, block: Block, index: number): boolean {
  if (at === index || !isInBlock(block.base, other)) return false;
  return other.prefix < block.prefix || (other.prefix === block.prefix && at < index);
}

/** Whether an allow rule opens private addresses and nothing beside them. */
function isOpenable(rule: NetworkPolicy['allow'][number]): rule is AddressRule {
  if (rule.kind !== 'address') return false;
  const base = parseAddress(rule.address);
  return (
    base !== undefined &&
    blocksOf(OPENABLE).some((block) => block.prefix <= rule.prefix && isInBlock(base, block))
  );
}

function blocksOf(texts: readonly string[]): readonly Block[] {
  return texts.flatMap((text) => {
    const [address = '', prefix] = text.split('/');
    const base = parseAddress(address);
    return base === undefined ? [] : [{ base, prefix: Number(prefix ?? BITS[base.family]) }];
  });
}

function family({ base }: Block): string {
  return base.family === 4 ? 'ip' : 'ip6';
}
