import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderOwner } from '../../src/base/owner.ts';
import { leaveOwnerMark } from '../../src/host/owner-marks.ts';
import { currentOwner } from '../../src/host/process.ts';

let dir: string;
const me = currentOwner();
const marks = (): string[] => readdirSync(join(dir, 'ct/owners'));

beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'ct-marks-'))));
afterEach(() => rmSync(dir, { recursive: true }));

describe('leaveOwnerMark', () => {
  it('takes a host without marks for one where somebody died: it was just started', () => {
    expect(leaveOwnerMark(dir, me).somebodyDied).toBe(true);
  });

  it('asks for nothing while everybody leaves in good order', () => {
    leaveOwnerMark(dir, me).remove();
    const mark = leaveOwnerMark(dir, me);
    expect(mark.somebodyDied).toBe(false);
    expect(leaveOwnerMark(dir, me).somebodyDied).toBe(false);
    mark.remove();
    expect(marks()).toEqual([]);
  });

  it('sees one who was killed, until what he left is cleaned', () => {
    leaveOwnerMark(dir, me).remove();
    writeFileSync(join(dir, 'ct/owners', renderOwner({ ...me, startTicks: '1' })), '');
    expect(leaveOwnerMark(dir, me).somebodyDied).toBe(true);
    const mark = leaveOwnerMark(dir, me);
    expect(mark.somebodyDied).toBe(true);
    mark.forgetDead();
    mark.remove();
    expect(leaveOwnerMark(dir, me).somebodyDied).toBe(false);
  });

  it('works where nothing can be written: every run asks', () => {
    writeFileSync(join(dir, 'ct'), '');
    const mark = leaveOwnerMark(dir, me);
    expect(mark.somebodyDied).toBe(true);
    mark.forgetDead();
    mark.remove();
  });
});
