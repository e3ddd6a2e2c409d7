import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Which of a store's images are lent: those of ct itself. Source: containers/storage, images.json */
interface StoredImage {
  readonly names?: readonly string[];
  readonly layer?: string;
  readonly 'mapped-layers'?: readonly string[];
}

interface StoredLayer {
  readonly id: string;
  readonly parent?: string;
}

/**
 * Copies ct's images from one overlay store to an empty one, with what they are made of and nothing else:
 * copies for the lender's own ids and the images of other suites are several times as large.
 */
export function copyImages(store: string, own: string, shift: (id: number) => number): void {
  const images = readList<StoredImage>(`${store}/overlay-images/images.json`).filter(
    ({ names = [] }) => names.some((name) => !name.includes('/ct/test-')),
  );
  const layers = readList<StoredLayer>(`${store}/overlay-layers/layers.json`);
  const kept = layers.filter(({ id }) =>
    images.some(({ layer }) => ancestry(layer, layers).includes(id)),
  );
  for (const part of ['overlay-images', 'overlay-layers']) copy(`${store}/${part}`, own);
  const { uid, gid, mode } = lstatSync(`${store}/overlay`);
  mkdirSync(`${own}/overlay`, { mode });
  lchownSync(`${own}/overlay`, uid, gid);
  for (const { id } of kept) copy(`${store}/overlay/${id}`, `${own}/overlay`);
  copy(`${store}/overlay/l`, `${own}/overlay`);
  const unmapped = images.map(({ 'mapped-layers': _mapped, ...image }) => image);
  writeFileSync(`${own}/overlay-images/images.json`, JSON.stringify(unmapped));
  writeFileSync(`${own}/overlay-layers/layers.json`, JSON.stringify(kept));
  shiftOwners(own, shift);
}

/** A layer and those below it. */
function ancestry(layer: string | undefined, layers: readonly StoredLayer[]): readonly string[] {
  const found = layers.find(({ id }) => id === layer);
  return found === undefined ? [] : [found.id, ...ancestry(found.parent, layers)];
}

function readList<T>(path: string): readonly T[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T[]) : [];
}

function copy(from: string, into: string): void {
  execFileSync('cp', ['-a', '--reflink=auto', from, into]);
}

function shiftOwners(path: string, shift: (id: number) => number): void {
  const { uid, gid } = lstatSync(path);
  lchownSync(path, shift(uid), shift(gid));
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) shiftOwners(below, shift);
    else {
      const owner = lstatSync(below);
      lchownSync(below, shift(owner.uid), shift(owner.gid));
    }
  }
}
