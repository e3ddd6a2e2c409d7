// @ts-check
/** npm's package as the archive that ct unpacks into the images of sessions (src/image/npm.ts). */
import { readFile, readdir, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** Manuals, which Debian's packages in an image lack too, and links that installing npm as a dependency makes. */
const LEFT_OUT = /^(?:docs|man)$|(?:^|\/)\.bin$/;

/**
 * The same bytes for the same package, whoever installed it. Readable for all, writable for root.
 * @param {string} root The package's directory
 * @returns {Promise<Buffer>} A gzipped tar with all below `npm/`
 */
export async function npmArchive(root) {
  const tar = pack();
  const bytes = buffer(tar);
  for (const path of await filesBelow(root)) {
    const { mode } = await stat(`${root}/${path}`);
    const header = { name: `npm/${path}`, mode: (mode & 0o100) === 0 ? 0o644 : 0o755 };
    tar.entry({ ...header, mtime: new Date(0) }, await readFile(`${root}/${path}`));
  }
  tar.finalize();
  return gzipSync(await bytes, { level: 9 });
}

/**
 * @param {string} root
 * @param {string} [below]
 * @returns {Promise<readonly string[]>} Paths of plain files from `root`, sorted
 */
async function filesBelow(root, below = '') {
  /** @type {string[]} */
  const found = [];
  for (const entry of await readdir(`${root}/${below}`, { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (LEFT_OUT.test(path)) continue;
    if (entry.isDirectory()) found.push(...(await filesBelow(root, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}
