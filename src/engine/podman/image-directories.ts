import { randomBytes } from 'node:crypto';
import { isCtError } from '../../base/errors.ts';
import type { Labels } from '../engine.ts';
import { removeContainer } from './containers.ts';
import type { Transport } from './transport.ts';

/** Go's bit for a symbolic link in a file mode. Source: io/fs FileMode */
const GO_MODE_SYMLINK = 2 ** 27;

/**
 * Those of `paths` that are directories in an image, and no links. A container is made, never started, and asked
 * about each path: neither a mount nor a program of the image is involved.
 *
 * Source: libpod API "ContainerArchiveLibpod", header X-Docker-Container-Path-Stat
 */
export async function directoriesInImage(
  transport: Transport,
  wish: {
    readonly reference: string;
    readonly paths: readonly string[];
    readonly labels: Labels;
  },
): Promise<readonly string[]> {
  const name = `ct-look-${randomBytes(6).toString('hex')}`;
  const { reference: image, labels } = wish;
  const doing = `look into the image ${image}`;
  try {
    await transport.json({
      doing,
      method: 'POST',
      path: '/containers/create',
      json: { name, image, labels, command: ['/nothing'], netns: { nsmode: 'none' } },
    });
    const directories: string[] = [];
    for (const path of wish.paths) {
      if (await isDirectory(transport, doing, name, path)) directories.push(path);
    }
    return directories;
  } finally {
    await removeContainer(transport, name);
  }
}

async function isDirectory(
  transport: Transport,
  doing: string,
  container: string,
  path: string,
): Promise<boolean> {
  const call = {
    doing,
    method: 'HEAD',
    path: `/containers/${container}/archive`,
    query: { path },
  } as const;
  const text = await transport.header(call, 'x-docker-container-path-stat').catch((thrown) => {
    if (isCtError(thrown, 'not_found')) return undefined;
    throw thrown;
  });
  return text !== undefined && isDirectoryStat(text);
}

/**
 * Whether the engine's description of a file is that of a directory. `isDir` alone is also true for a
 * link to one; a link to nowhere is not found at all.
 */
export function isDirectoryStat(encoded: string): boolean {
  try {
    const stat: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    const { mode, isDir } = stat as { readonly mode?: unknown; readonly isDir?: unknown };
    return isDir === true && typeof mode === 'number' && !hasBit(mode, GO_MODE_SYMLINK);
  } catch {
    return false;
  }
}

function hasBit(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1;
}
