import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { currentOwner } from '../../../src/host/process.ts';
import { LABEL } from '../../../src/plan/labels.ts';
import {
  claimFile,
  claimOf,
  forgetClaim,
  isWaiting,
  noteClaim,
  sweepClaims,
} from '../../../src/session/standby/claims.ts';
import { scratch } from '../../support/scratch.ts';

const dead = { ...currentOwner(), startTicks: '1' };
const standby = (session: string) => ({
  labels: { [LABEL.life]: 'standby', [LABEL.session]: session },
});

describe('claims of standbys', () => {
  it('say whose one is from the claim to its end', () => {
    const dir = scratch();
    expect(isWaiting(standby('ab12cd34'), dir)).toBe(true);
    noteClaim(dir, 'ab12cd34', currentOwner());
    expect(claimOf(standby('ab12cd34'), dir)).toEqual(currentOwner());
    expect(isWaiting(standby('ab12cd34'), dir)).toBe(false);
    forgetClaim(dir, 'ab12cd34');
    expect(isWaiting(standby('ab12cd34'), dir)).toBe(true);
  });

  it('are read for standbys alone, and never by a path in a label', () => {
    const dir = scratch();
    noteClaim(dir, 'ab12cd34', currentOwner());
    const plain = { labels: { [LABEL.life]: 'attached', [LABEL.session]: 'ab12cd34' } };
    expect([claimOf(plain, dir), isWaiting(plain, dir)]).toEqual([undefined, false]);
    expect(claimOf(standby('../claims/ab12cd34'), dir)).toBeUndefined();
  });

  it('go when the run is dead and its session is gone', () => {
    const dir = scratch();
    noteClaim(dir, 'aaaa0000', dead);
    noteClaim(dir, 'bbbb0000', dead);
    noteClaim(dir, 'cccc0000', currentOwner());
    sweepClaims(dir, (session) => session === 'bbbb0000');
    const left = ['aaaa0000', 'bbbb0000', 'cccc0000'].filter((id) =>
      existsSync(claimFile(dir, id)),
    );
    expect(left).toEqual(['bbbb0000', 'cccc0000']);
    sweepClaims(scratch(), () => false);
  });
});
