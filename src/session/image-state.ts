import { readFileSync } from 'node:fs';
import type { Base } from '../image/base.ts';
import { writeFileAtomic } from '../host/files.ts';

/** What is remembered of earlier images; every part can be found again, so a lost file costs time only. */
export interface ImageState {
  /** The base that worked when `auto` was asked */
  readonly auto?: Base['kind'];
  /** Digest of the archive file as it was */
  readonly archive?: { readonly stamp: string; readonly sha256: string };
}

/** Reads `<stateDir>/image.json`; a missing or garbled file is an empty state. */
export function readImageState(stateDir: string): ImageState {
  try {
    return parseImageState(JSON.parse(readFileSync(path(stateDir), 'utf8')) as unknown);
  } catch {
    return {};
  }
}

/** Remembers more; what is not named stays. */
export function rememberImageState(stateDir: string, more: ImageState): void {
  writeFileAtomic(path(stateDir), `${JSON.stringify({ ...readImageState(stateDir), ...more })}\n`);
}

/** The parts of `value` that have the right shape. */
export function parseImageState(value: unknown): ImageState {
  if (typeof value !== 'object' || value === null) return {};
  const { auto, archive } = value as { auto?: unknown; archive?: unknown };
  const isKind = auto === 'registry' || auto === 'bootstrap' || auto === 'archive';
  return { ...(isKind ? { auto } : {}), ...(isArchive(archive) ? { archive } : {}) };
}

function isArchive(value: unknown): value is NonNullable<ImageState['archive']> {
  if (typeof value !== 'object' || value === null) return false;
  const { stamp, sha256 } = value as { stamp?: unknown; sha256?: unknown };
  return typeof stamp === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/u.test(sha256);
}

function path(stateDir: string): string {
  return `${stateDir}/image.json`;
}
