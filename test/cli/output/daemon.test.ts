import { expect, it } from 'vitest';
import { renderDaemon } from '../../../src/cli/output/daemon.ts';

const status = {
  pid: 42,
  ct: '1.2.3',
  sinceMs: 0,
  memoryBytes: 50 * 1024 * 1024,
  bySystemd: true,
  parts: { networks: { serves: true, sessions: ['3f2a', '77aa'] } },
};

it('says what runs', () => {
  expect(renderDaemon({ status, isInstalled: true })).toBe(
    `pid      42 (started by systemd)
version  1.2.3
since    1970-01-01T00:00:00.000Z
memory   50 MiB
serves   3f2a 77aa
`,
  );
  const bare = { ...status, bySystemd: false, parts: {} };
  expect(renderDaemon({ status: bare, isInstalled: false })).toMatch(/^pid +42\n.*no session\n$/su);
});

it('says that nothing runs, and whether that will change by itself', () => {
  expect(renderDaemon({ status: null, isInstalled: false })).toBe(
    'the service does not run (not installed)\n',
  );
  expect(renderDaemon({ status: null, isInstalled: true })).toContain('when it is needed');
});

it('tells sessions that wait for a run from those that have one', () => {
  const ready = [{ session: '77aa', agent: 'gemini', project: '/home/me/a\u001b[31m' }];
  const parts = { ...status.parts, standbys: { ready } };
  const text = renderDaemon({ status: { ...status, parts }, isInstalled: true });
  expect(text).toMatch(/^serves +3f2a$/mu);
  expect(text).toMatch(/^ready +a session of gemini in \/home\/me\/a/mu);
  expect(text).not.toContain('\u001b');
});
