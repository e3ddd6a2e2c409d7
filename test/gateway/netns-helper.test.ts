import { describe, expect, it } from 'vitest';
import { helperError, renderWish } from '../../src/gateway/netns-helper.ts';

describe('what the helper is told', () => {
  it('is one line for each wish, with the rules at the end', () => {
    expect(
      renderWish({
        loopbackOnly: true,
        address: '10.64.0.2',
        sockets: [
          { kind: 'datagram', key: 'dns', address: '127.0.0.1', port: 53 },
          { kind: 'listen', key: 'port-443', address: '0.0.0.0', port: 61_001 },
          { kind: 'streams', key: 'out', count: 8 },
        ],
        ruleset: 'add table inet ctnet\n',
      }),
    ).toBe(
      'loopback-only\naddress 10.64.0.2\ndatagram dns 127.0.0.1 53\nlisten port-443 0.0.0.0 61001\nstreams out 8\ntable\nadd table inet ctnet\n',
    );
  });
});

describe('how the helper failed', () => {
  it.each([
    [11, 'permission_denied', 'does not touch this network'],
    [12, 'permission_denied', "cannot enter the session's network"],
    [13, 'failed_precondition', 'nft did not load'],
    [14, 'failed_precondition', 'cannot be made'],
    [137, 'deadline_exceeded', 'was stopped'],
  ])('is said in our words: status %i', (status, code, words) => {
    const error = helperError(status, 'detail\u001b[2J');
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    // What a program printed does not drive the terminal.
    expect(error.message).not.toContain('\u001b');
  });
});
