import type { IdMapRow } from '../observed.ts';
import type { SandboxSpec } from '../spec.ts';
import { compare, type Check, type Difference } from './verify.ts';

/** Own namespaces of every kind, the id maps, and no network beside what was planned. */
export const checkNamespaces: Check = (spec, seen, host) => [
  ...Object.entries(host.namespaces)
    .filter(([kind]) => kind !== 'net' || spec.network.kind !== 'host')
    .filter(([kind, inode]) => (seen.namespaces[kind] ?? inode) === inode)
    .map(([kind]) => ({ what: `${kind} namespace`, planned: 'its own', seen: "the host's" })),
  ...checkMap('uid map', seen.uidMap, { inside: spec.userns.uid, outside: host.uid }),
  ...checkMap('gid map', seen.gidMap, { inside: spec.userns.gid, outside: host.gid }),
  ...checkInterfaces(spec.network, seen.interfaces),
];

/**
 * keep-id: the caller's id is the planned one inside and nothing else; every other id, root above all,
 * is a subordinate one.
 *
 * Source: user_namespaces(7), podman-run(1) "--userns"
 */
function checkMap(
  what: string,
  rows: readonly IdMapRow[],
  own: { readonly inside: number; readonly outside: number },
): readonly Difference[] {
  const isOwn = (row: IdMapRow): boolean =>
    row.inside === own.inside && row.outside === own.outside && row.count === 1;
  const isForeign = (row: IdMapRow): boolean =>
    row.outside > 0 && (own.outside < row.outside || own.outside >= row.outside + row.count);
  const isRight =
    rows.filter(isOwn).length === 1 && rows.every((row) => isOwn(row) || isForeign(row));
  const planned = `${own.inside} is ${own.outside}, others are subordinate ids`;
  const seen = rows.map((row) => `${row.inside} is ${row.outside} × ${row.count}`).join(', ');
  return isRight ? [] : [{ what, planned, seen: seen === '' ? 'no map' : seen }];
}

/** Loopback alone where no network was planned. */
function checkInterfaces(
  network: SandboxSpec['network'],
  interfaces: readonly string[],
): readonly Difference[] {
  if (network.kind !== 'none') return [];
  return compare('network interfaces', 'lo', [...interfaces].sort().join(' '));
}
