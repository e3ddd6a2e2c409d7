import type { Backend } from './backend.ts';
import type { Blob } from './content.ts';
import { Leases, Snapshots } from './services.ts';

/** Labels of an unpacked layer that came from a registry. */
const LABEL = {
  /** Digest that the registry has for it, packed */
  packed: 'ct-engine.packed',
  /** Digest of its tar with the owners moved */
  shifted: 'ct-engine.shifted',
  /** `bytes` of that tar */
  size: 'ct-engine.size',
  /** Ids whose places the owners were moved to */
  owner: 'ct-engine.owner',
} as const;

/** A layer of a registry on top of others. */
export interface LayerKey {
  /** Name of the snapshot below; '' for none */
  readonly parent: string;
  /** `sha256:…`, packed */
  readonly packed: string;
  readonly owner: string;
}

/** A layer that is unpacked already. */
export interface KnownLayer extends Blob {
  /** Name of its snapshot */
  readonly chain: string;
}

/**
 * The layer, if it was pulled before. Since the owners are moved on the way in, what is stored has another
 * digest than what the registry has: the snapshot's labels say which it came from. So the record goes when
 * the layer does. What is found stays as long as the lease.
 */
export async function findLayer(
  { transport, place }: Backend,
  { parent, packed, owner }: LayerKey,
  lease: string,
): Promise<KnownLayer | undefined> {
  const { snapshotter } = place;
  const filter = [
    `parent==${JSON.stringify(parent)}`,
    `labels.${JSON.stringify(LABEL.packed)}==${JSON.stringify(packed)}`,
    `labels.${JSON.stringify(LABEL.owner)}==${JSON.stringify(owner)}`,
  ].join(',');
  const call = { doing: 'look for a layer' };
  const answers = transport.stream(Snapshots.list, { snapshotter, filters: [filter] }, call);
  for await (const { info } of answers) {
    for (const { name, labels } of info) {
      const [digest = '', size = Number.NaN] = [labels[LABEL.shifted], Number(labels[LABEL.size])];
      if (digest === '' || !Number.isSafeInteger(size)) continue;
      const resource = { id: name, type: `snapshots/${snapshotter}` };
      await transport.unary(Leases.addResource, { id: lease, resource }, call);
      return { chain: name, digest, size };
    }
  }
  return undefined;
}

/** Writes down where an unpacked layer came from. */
export async function rememberLayer(
  { transport, place }: Backend,
  { packed, owner }: LayerKey,
  { chain, digest, size }: KnownLayer,
): Promise<void> {
  const labels = {
    [LABEL.packed]: packed,
    [LABEL.shifted]: digest,
    [LABEL.size]: String(size),
    [LABEL.owner]: owner,
  };
  const request = {
    snapshotter: place.snapshotter,
    info: { name: chain, labels },
    updateMask: Object.keys(labels).map((key) => `labels.${key}`),
  };
  await transport.unary(Snapshots.update, request, { doing: 'label a layer' });
}
