import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';
import { faultOf } from '../support/fault.ts';
import { processorMs } from '../support/processor-time.ts';

const parse = (text: string) => parseConfig({ path: '/c/config.toml', text, home: '/home/me' });
const faultIn = (text: string) => faultOf(() => parse(text));

describe('parseConfig', () => {
  it('takes an empty file for the defaults', () => {
    expect(parse('')).toEqual(DEFAULT_CONFIG);
    expect(parse('\ufeff# only a comment\r\n')).toEqual(DEFAULT_CONFIG);
  });

  it('lays what is given over the defaults', () => {
    const config = parse('[network]\r\nmode = "offline"\r\n[image]\r\narchive = "~/b.tar"\r\n');
    expect(config.network.mode).toBe('offline');
    expect(config.image).toEqual({ ...DEFAULT_CONFIG.image, archive: '/home/me/b.tar' });
  });

  it('has an entry for each table by name that is there, complete', () => {
    expect(parse('').agents).toEqual({});
    expect(parse('[agents.gemini]\nsecrets = ["A_KEY"]\n[agents.shell]\n').agents).toMatchObject({
      gemini: { secrets: ['A_KEY'], secret_files: [], required_secrets: [] },
      shell: { secrets: [], secret_files: [], required_secrets: [] },
    });
    expect(faultIn('[agents.gemini]\nsecrets = ["A KEY"]').message).toContain(':2:1:');
    const command = ['op', 'read', 'a b', 'a b'];
    const text = `[secrets.A_KEY]\ncommand = ${JSON.stringify(command)}\n`;
    expect(parse(text).secrets['A_KEY']).toEqual({ command, file: '', env: '', timeout: 30 });
    expect(faultIn('[secrets.a-key]').message).toContain('capitals');
  });

  it('names file, line, column and key of a fault', () => {
    const fault = faultIn('[network]\n\n  mod = "offline"\n');
    expect(fault.code).toBe('invalid_config');
    expect(fault.message).toBe("/c/config.toml:3:3: unknown key 'network.mod'");
    expect(fault.hint).toBe("did you mean 'mode'?");
    expect(fault.details).toEqual({
      file: '/c/config.toml',
      line: 3,
      column: 3,
      key: 'network.mod',
    });
  });

  it('reads ports as numbers or texts, and services by name', () => {
    const { network } = parseConfig({
      ...{ path: '/c', home: '/h' },
      text: '[network]\nports = [80, "8443"]\n[network.host_services]\ndb = "127.0.0.1:5432"\n',
    });
    expect(network).toMatchObject({
      ports: ['80', '8443'],
      host_services: { db: '127.0.0.1:5432' },
    });
    for (const wrong of ['0', '65536', '"080"', '1.5', 'true', '"http"']) {
      expect(faultIn(`network.ports = [${wrong}]`).message).toContain('item 1 is not one');
    }
  });

  it.each([
    ['[network', /:1:\d+: not valid TOML: /u],
    ['a = 1\na = 2', /:2:1: not valid TOML: /u],
    ['[network]\n[network]', /:2:\d+: not valid TOML: /u],
    ['x = "\u0000"', /:1:\d+: not valid TOML: /u],
    ['[logs]\nretention_days = 999999999999999999999999', /:2:/u],
    ['[logs]\nretention_days = 0x7fffffffffffffff', /:2:/u],
    ['[logs]\nretention_days = nan', /:2:1: logs\.retention_days: expected a whole number/u],
    ['[logs]\nretention_days = 1979-05-27', /found a date/u],
    ['[engine]\nidle_timeout = "4gb"', /found the text "4gb"/u],
    ['[__proto__]\nx = 1', /unknown key '__proto__'/u],
  ])('refuses %j', (text, message) => {
    const fault = faultIn(text);
    expect(fault.code).toBe('invalid_config');
    expect(fault.message).toMatch(message);
    expect(fault.message).not.toContain('\n');
  });

  it('stops at nesting deeper than any key needs', () => {
    expect(faultIn(`a = ${'['.repeat(10_000)}${']'.repeat(10_000)}`).code).toBe('invalid_config');
    expect(faultIn(`${'a.'.repeat(10_000)}a = 1`).code).toBe('invalid_config');
  });

  it('judges a megabyte of nonsense within a second', () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index} = ${index}\n`).join('');
    const spentMs = processorMs(() =>
      expect(faultIn(keys).message).toContain(":1:1: unknown key 'k0'"),
    );
    expect(spentMs).toBeLessThan(1000);
  });

  it('shows nothing of a hostile key as it is', () => {
    const { message, hint } = faultIn('"\\u001b[2Jx\\u202e" = 1');
    expect(message + (hint ?? '')).not.toMatch(/[\u001b\u202e]/u);
  });
});
