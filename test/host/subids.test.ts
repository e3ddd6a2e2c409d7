import { describe, expect, it, vi } from 'vitest';
import {
  hasOtherSource,
  longestRange,
  requireSubids,
  subidsCommand,
} from '../../src/host/subids.ts';

const me = { name: 'me', uid: 1000 };

describe('longestRange', () => {
  const text = 'other:1:70000\nme:100000:65536\nme:200000:1000\n1000:300000:5\nbroken\nme:x:y\n';

  it('takes the longest range of the account, by name or by number', () => {
    expect(longestRange(text, me)).toBe(65_536);
    expect(longestRange(text, { name: 'x', uid: 1000 })).toBe(5);
  });

  it('is 0 for an account without one', () => {
    expect(longestRange(text, { name: 'nobody', uid: 7 })).toBe(0);
    expect(longestRange('', me)).toBe(0);
  });
});

describe('subidsCommand', () => {
  it('is nothing for an account that has both ranges', () => {
    const files = { subuid: 'me:100000:65536\n', subgid: '1000:100000:65536\n' };
    expect(subidsCommand(files, me)).toBeUndefined();
  });

  it('adds what is missing, in a range that nobody has in either file', () => {
    const files = { subuid: 'a:100000:65536\n', subgid: 'b:200000:65536\na:100000:65536\n' };
    expect(subidsCommand(files, me)).toBe(
      'usermod --add-subuids 265536-331071 --add-subgids 265536-331071 me',
    );
    expect(subidsCommand({ ...files, subgid: 'me:100000:65536\n' }, me)).toBe(
      'usermod --add-subuids 165536-231071 me',
    );
  });

  it('uses a gap that is wide enough', () => {
    const files = { subuid: 'a:300000:65536\nb:165000:10\n', subgid: '' };
    expect(subidsCommand(files, me)).toContain('--add-subuids 165010-230545 ');
  });
});

describe('hasOtherSource', () => {
  it('tells a directory service from the files', () => {
    expect(hasOtherSource('passwd: files sss\nsubid: files\n')).toBe(false);
    expect(hasOtherSource('passwd: sss\n')).toBe(false);
    expect(hasOtherSource('subid:  sss\n')).toBe(true);
  });
});

describe('requireSubids', () => {
  it('stops an ordinary account without ranges, and never root', () => {
    const none = { subuid: '', subgid: '' };
    const uid = vi.spyOn(process, 'getuid');
    uid.mockReturnValue(0);
    expect(() => requireSubids(none)).not.toThrow();
    uid.mockReturnValue(4_000_000);
    expect(() => requireSubids(none)).toThrow(
      /no range of 65536 in \/etc\/subuid and \/etc\/subgid/u,
    );
  });
});
