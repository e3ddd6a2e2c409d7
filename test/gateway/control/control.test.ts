import {
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
  existsSync,
  symlinkSync,
  mkdirSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  askEdit,
  askStatus,
  controlledSessions,
  followLog,
} from '../../../src/gateway/control/client.ts';
import { controlDir, controlPath } from '../../../src/gateway/control/place.ts';
import { encodeFrame, FrameReader, MAX_FRAME } from '../../../src/gateway/control/protocol.ts';
import {
  serveControl,
  type ControlHandler,
  type ControlServer,
} from '../../../src/gateway/control/server.ts';
import type { NetworkPolicy, Rule } from '../../../src/network/policy.ts';
import type { NetworkRecord } from '../../../src/network/record.ts';

const rule = (name: string): Rule => ({
  ...{ kind: 'name', name, below: false, text: name, origin: 'user' },
});
const empty: NetworkPolicy = {
  ...{ schema: 1, mode: 'strict', allow: [], block: [], ports: [443], allowPrivate: [] },
  hostServices: {},
};
const record: NetworkRecord = {
  ...{ time: 1, session: 'cafe0123', event: 'dns', name: 'a.test', verdict: 'deny' },
  reason: 'not_allowed',
};

let dir: string;
let server: ControlServer;
let policy: NetworkPolicy;
let listeners: Set<(record: NetworkRecord) => void>;

const handler: ControlHandler = {
  status: () => ({
    ...{ session: 'cafe0123', agent: 'shell', policy, names: 0, connections: [] },
    counts: { allowed: 0, denied: 0 },
  }),
  setPolicy: async (next) => {
    // Slow, so that changes which do not take turns would lose one another.
    await new Promise((resolve) => setTimeout(resolve, 5));
    policy = next;
    return 1;
  },
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ct-control-'));
  policy = empty;
  listeners = new Set();
  server = await serveControl(dir, 'cafe0123', handler);
});

afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const names = (): readonly string[] => policy.allow.map(({ text }) => text);

/** What comes back for raw bytes, until the other side closes. */
async function exchange(bytes: Buffer): Promise<readonly unknown[]> {
  const socket: Socket = connect(controlPath(dir, 'cafe0123'));
  const reader = new FrameReader();
  const values: unknown[] = [];
  socket.on('data', (chunk: Buffer) => values.push(...reader.push(chunk)));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.on('close', resolve));
  return values;
}

const rawFrame = (body: string | Buffer): Buffer => {
  const bytes = Buffer.from(body);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(bytes.length);
  return Buffer.concat([frame, bytes]);
};

describe('the control socket', () => {
  it('is in a directory of the user alone, and the user’s alone itself', () => {
    expect(statSync(controlDir(dir)).mode & 0o777).toBe(0o700);
    expect(statSync(controlPath(dir, 'cafe0123')).mode & 0o777).toBe(0o600);
  });

  it('tells what the session’s network is', async () => {
    expect((await askStatus(dir, 'cafe0123')).policy).toEqual(empty);
  });

  it('changes the policy, and says whether anything changed', async () => {
    const edit = { op: 'allow', rules: [rule('a.test')] } as const;
    expect(await askEdit(dir, 'cafe0123', edit)).toMatchObject({ changed: true, cut: 1 });
    expect(await askEdit(dir, 'cafe0123', edit)).toMatchObject({ changed: false, cut: 0 });
    expect(names()).toEqual(['a.test']);
  });

  it('loses none of twenty changes that come at once', async () => {
    const wanted = Array.from({ length: 20 }, (_, index) => `n${index}.test`);
    await Promise.all(
      wanted.map((name) => askEdit(dir, 'cafe0123', { op: 'allow', rules: [rule(name)] })),
    );
    expect([...names()].sort()).toEqual([...wanted].sort());
  });

  it('passes records on as they come, until the reader leaves', async () => {
    const seen: NetworkRecord[] = [];
    const stop = new AbortController();
    const following = followLog(dir, 'cafe0123', (one) => seen.push(one), stop.signal);
    while (listeners.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const listener of listeners) listener(record);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await following;
    expect(seen).toEqual([record]);
    while (listeners.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('ends a reader’s wait when the session ends', async () => {
    const following = followLog(dir, 'cafe0123', () => undefined, new AbortController().signal);
    while (listeners.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close();
    await following;
  });

  it.each([
    ['another version', rawFrame('{"v":2,"ask":"status"}')],
    ['no JSON', rawFrame('{"v":1,')],
    ['a list', rawFrame('[]')],
    ['an unknown question', rawFrame('{"v":1,"ask":"shutdown"}')],
    ['a frame that is too large', Buffer.from([0x7f, 255, 255, 255])],
    ['a rule that is no rule', rawFrame('{"v":1,"ask":"edit","edit":{"op":"allow","rules":[{}]}}')],
    [
      'a name that is none',
      rawFrame(
        '{"v":1,"ask":"edit","edit":{"op":"allow","rules":[{"kind":"name","name":"A b","below":false,"text":"","origin":""}]}}',
      ),
    ],
  ])('answers %s with an error and goes on', async (_what, bytes) => {
    expect(await exchange(bytes)).toMatchObject([{ v: 1, error: { code: 'invalid_argument' } }]);
    expect((await askStatus(dir, 'cafe0123')).session).toBe('cafe0123');
    expect(policy).toBe(empty);
  });

  it('takes the place of a socket that somebody who was killed left', async () => {
    await server.close();
    writeFileSync(controlPath(dir, 'cafe0123'), '');
    server = await serveControl(dir, 'cafe0123', handler);
    expect((await askStatus(dir, 'cafe0123')).session).toBe('cafe0123');
  });

  it('is gone when the session is', async () => {
    await server.close();
    expect(controlledSessions(dir)).toEqual([]);
    await expect(askStatus(dir, 'cafe0123')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of a dead owner is removed by whoever finds it', async () => {
    const dead = controlPath(dir, 'dead');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(dead, resolve));
    // Closing takes the file away; a killed process does not.
    const { rename, link } = await import('node:fs/promises');
    await link(dead, `${dead}.kept`);
    await new Promise((resolve) => other.close(resolve));
    await rename(`${dead}.kept`, dead);
    expect(controlledSessions(dir)).toContain('dead');
    await expect(askStatus(dir, 'dead')).rejects.toMatchObject({ code: 'not_found' });
    expect(existsSync(dead)).toBe(false);
  });
});

describe('the list of sessions', () => {
  it('is empty where the directory is a link or open to others', () => {
    const elsewhere = join(dir, 'x');
    mkdirSync(join(elsewhere, 'ct'), { recursive: true });
    symlinkSync(controlDir(dir), join(elsewhere, 'ct/sessions'));
    expect(controlledSessions(elsewhere)).toEqual([]);
    expect(controlledSessions(dir)).toEqual(['cafe0123']);
  });
});

describe('frames', () => {
  it('are the same however they are cut', () => {
    const wire = Buffer.concat([
      encodeFrame({ v: 1, ask: 'status' }),
      encodeFrame({ v: 1, ask: 'log' }),
    ]);
    for (let size = 1; size <= wire.length; size++) {
      const reader = new FrameReader();
      const values: unknown[] = [];
      for (let at = 0; at < wire.length; at += size) {
        values.push(...reader.push(wire.subarray(at, at + size)));
      }
      expect(values).toEqual([
        { v: 1, ask: 'status' },
        { v: 1, ask: 'log' },
      ]);
    }
  });

  it('are refused by their length alone', () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(MAX_FRAME + 1);
    expect(() => new FrameReader().push(head)).toThrow(TypeError);
  });
});
