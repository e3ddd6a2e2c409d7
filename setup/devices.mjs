// @ts-check
/** The two device files that rootless networking and storage need. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

const DEVICES = [
  { path: '/dev/net/tun', major: '10', minor: '200' },
  { path: '/dev/fuse', major: '10', minor: '229' },
];

/**
 * The changes that open the devices to ordinary users. A machine may forbid them, so they are optional.
 * @param {(path: string) => { mode: number } | undefined} [look]
 * @returns {import('./change.mjs').Change[]}
 */
export function planDevices(look = (path) => statSync(path, { throwIfNoEntry: false })) {
  return DEVICES.flatMap(({ path, major, minor }) => {
    const found = look(path);
    if (found && (found.mode & 0o006) === 0o006) return [];
    const text = `let ordinary users use ${path}`;
    const make = [
      ['mkdir', '-p', dirname(path)],
      ['mknod', '-m', '666', path, 'c', major, minor],
    ];
    return [{ text, optional: true, commands: found ? [['chmod', '666', path]] : make }];
  });
}
