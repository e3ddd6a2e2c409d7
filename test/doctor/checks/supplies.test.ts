import { describe, expect, it } from 'vitest';
import { goodEngine, judge, without } from '../support.ts';

const GiB = 1024 ** 3;

describe('supply checks', () => {
  it('wants Node 20.18', () => {
    expect(judge('node', { nodeVersion: 'v20.17.0' }).status).toBe('fail');
    expect(judge('node', { nodeVersion: 'v20.18.0' }).status).toBe('ok');
  });

  it('says whether Node compiles itself at each start', () => {
    expect(judge('node', { nodeStart: 'snapshot' })).toMatchObject({ status: 'ok' });
    const { status, fix } = judge('node', { nodeStart: 'nothing' });
    expect(status).toBe('warn');
    expect(fix).toContain('npm start');
  });

  it('wants one of the network helpers', () => {
    const engine = { state: 'skipped', why: '' } as const;
    expect(judge('network-helper', { engine, programs: without('pasta') }).status).toBe('warn');
    expect(judge('network-helper', { programs: without('pasta') }).found).toBe('pasta');
  });

  it('wants the programs that make the network of a session', () => {
    expect(judge('network-rules', {}).status).toBe('ok');
    const { status, fix } = judge('network-rules', { programs: without('nft', 'perl') });
    expect([status, fix]).toEqual(['fail', 'apt-get install nftables perl-base']);
  });

  it('warns without mmdebstrap', () => {
    expect(judge('bootstrap', { programs: without('mmdebstrap') }).status).toBe('warn');
  });

  it.each([
    [undefined, 'unknown'],
    [0.5 * GiB, 'fail'],
    [2 * GiB, 'warn'],
    [20 * GiB, 'ok'],
  ] as const)('judges %s free bytes: %s', (freeBytes, status) => {
    expect(judge('disk', { freeBytes }).status).toBe(status);
  });

  it('says what the first run will have to make', () => {
    const engine = { ...goodEngine, stock: { images: [], agents: [] } };
    expect(judge('image', { engine }).fix).toContain('ct sys init');
    expect(judge('agents', { engine }).fix).toContain('ct sys init gemini');
    expect(
      judge('agents', { engine: { ...engine, stock: { images: [], agents: undefined } } }).status,
    ).toBe('unknown');
  });
});
