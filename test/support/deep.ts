import { mkdirSync, renameSync } from 'node:fs';

/**
 * Moves a directory of a project so deep that no path leads to it any more, as an agent could: each directory is made
 * at the top and put around the one before. Node cannot remove it; rm(1) can.
 */
export function moveOutOfReach(dir: string, name: string): void {
  let inner = name;
  for (let count = 0; count < 18; count++) {
    mkdirSync(`${dir}/next`);
    renameSync(`${dir}/${inner}`, `${dir}/next/${inner}`);
    inner = 'l'.repeat(250);
    renameSync(`${dir}/next`, `${dir}/${inner}`);
  }
}
