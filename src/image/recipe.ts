import { sha256, type BaseWish } from './base.ts';

/** Everything that decides what is in the image. */
export interface Recipe {
  readonly base: BaseWish;
  readonly packages: readonly string[];
  /** Version of the npm that ct brings along */
  readonly npm: string;
  /** Files of the build context by name; the Containerfile is one of them */
  readonly files: Readonly<Record<string, string>>;
}

/** Names of the files of a build, as they are in `templates/` and in the context. */
export const CONTEXT_FILES = [
  'Containerfile',
  'entry.sh',
  'git-credential.sh',
  'gitconfig',
  'hosts',
  'image-setup.sh',
  'launcher.sh',
  'resolv.conf',
] as const;

/** An image as a name that only this recipe has. */
export interface RecipeName {
  /** Full SHA-256 of the recipe, the value of the label `ct.recipe` */
  readonly digest: string;
  readonly reference: string;
}

/** Name of the image that `recipe` makes. Independent of the order of files and keys. */
export function nameRecipe(recipe: Recipe): RecipeName {
  const files = Object.entries(recipe.files).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = sha256(JSON.stringify([2, recipe.base, recipe.packages, recipe.npm, files]));
  return { digest, reference: `localhost/ct/agent:${digest.slice(0, 16)}` };
}
