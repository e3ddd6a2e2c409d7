import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openListeners } from '../../src/attack/listeners.ts';

async function wordFrom(where: { port: number; host: string } | { path: string }): Promise<string> {
  const socket = connect(where);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}

describe('the listeners', () => {
  it('say a word to whoever comes and remember it', async () => {
    const listeners = await openListeners();
    expect(listeners.visitors()).toEqual([]);
    expect(await wordFrom({ host: '127.0.0.1', port: listeners.port })).toBe('ct\n');
    expect(await wordFrom({ path: `\0${listeners.abstractName}` })).toBe('ct\n');
    expect(listeners.visitors()).toEqual(['127.0.0.1', 'an abstract socket']);
    expect(listeners.addresses.length).toBeGreaterThan(0);
    await listeners.close();
    await expect(wordFrom({ host: '127.0.0.1', port: listeners.port })).rejects.toThrow();
  });
});
