import { describe, expect, it } from 'vitest';
import { renderPipConf } from '../../src/host/pip-settings.ts';

describe('renderPipConf', () => {
  it('carries over how an index is reached, and what a variable says wins', () => {
    const list =
      "global.index-url='https://a.example/simple'\n:env:.index-url='https://b.example/simple'\nglobal.trusted-host='b.example'\nglobal.user='true'\n";
    expect(renderPipConf(list)).toBe(
      '[global]\nindex-url = https://b.example/simple\ntrusted-host = b.example\n',
    );
  });

  it('leaves out directories of the host, which mean nothing inside', () => {
    expect(
      renderPipConf("global.extra-index-url='file:///opt/x https://c.example/simple /y'\n"),
    ).toBe('[global]\nextra-index-url = https://c.example/simple\n');
    expect(renderPipConf("global.extra-index-url='file:///opt/x'\n")).toBe('');
  });
});
