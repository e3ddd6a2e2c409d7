import { createHash } from 'node:crypto';

/** Debian release that `bootstrap` makes; the one that the default registry reference names too. */
export const SUITE = 'trixie';

/**
 * What a session's image has beyond a minimal Debian: the init, a shell, Node for the agents, and what
 * nearly every agent starts (git, ripgrep, ssh, ps, Python). npm comes with ct: npm.ts says why.
 */
export const PACKAGES = [
  'bash',
  'ca-certificates',
  'catatonit',
  'curl',
  'git',
  'less',
  'nodejs',
  'openssh-client',
  'procps',
  'python3',
  'ripgrep',
] as const;

/** Where the file system below our own layer comes from, with what identifies it. */
export type Base =
  | { readonly kind: 'registry'; readonly reference: string }
  | { readonly kind: 'bootstrap'; readonly suite: string; readonly packages: readonly string[] }
  | { readonly kind: 'archive'; readonly sha256: string };

/**
 * What the image is to be based on: one base, or for `auto` any of several. The digest of an image
 * covers the wish and not what was found, so that a run knows its image without asking anybody.
 */
export type BaseWish =
  | Base
  | {
      readonly kind: 'auto';
      readonly of: readonly Base[];
      /** Size and times of the archive file, when one is configured as last resort */
      readonly archiveStamp: string | undefined;
    };

/** Name of the base in the engine; a registry's image keeps its own. */
export function baseReference(base: Base): string {
  if (base.kind === 'registry') return base.reference;
  return `localhost/ct/base:${sha256(JSON.stringify(base)).slice(0, 16)}`;
}

/** Whether `reference` is a base that ct made, so that ct may remove it. */
export function isOwnBase(reference: string): boolean {
  return reference.startsWith('localhost/ct/base:');
}

/** Lower-case hexadecimal SHA-256. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
