/**
 * The npm of sessions and of installations: npm's own package, which the build packs out of `node_modules`
 * (setup/npm-archive.mjs) and an image gets from ct. Debian's is made of 350 packages, more than half of
 * what a first image has to fetch, unpack and configure. This is the line that comes with Node 20 and 22.
 */
export const NPM = {
  /** The one in package.json: the integrity in package-lock.json says what is in it */
  version: '10.9.9',
  /** Name in `dist/` and in the context of a build; all in it is below `npm/` */
  archive: 'npm.tgz',
} as const;
