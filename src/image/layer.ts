import { sha256 } from './base.ts';
import type { RecipeName } from './recipe.ts';

/** Everything that decides what is in the layer of Debian packages. */
export interface LayerRecipe {
  /** Digest of the image below */
  readonly below: string;
  /** Debian packages, sorted; those that could not be installed are not among them */
  readonly packages: readonly string[];
  /** Changes when the same packages are installed anew in newer versions */
  readonly serial: string;
  /** Files of the build context by name */
  readonly files: Readonly<Record<string, string>>;
}

/** Names of the files of the layer's build, as they are in `templates/` and in the context. */
export const LAYER_FILES = ['Containerfile.packages', 'image-packages.sh'] as const;

/** Name of the image that has this layer on top. */
export function nameLayer(recipe: LayerRecipe): RecipeName {
  const files = Object.entries(recipe.files).sort(([a], [b]) => (a < b ? -1 : 1));
  const { below, packages, serial } = recipe;
  const digest = sha256(JSON.stringify([1, below, packages, serial, files]));
  return { digest, reference: `localhost/ct/packages:${digest.slice(0, 16)}` };
}
