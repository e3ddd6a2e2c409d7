import { describe, expect, it } from 'vitest';
import { MARK, renderPlist, renderUnit } from '../../src/daemon/units.ts';
import { readTemplate } from '../../src/host/assets.ts';

const parts = {
  command: ['/usr/bin/node', '/opt/my ct/main.cjs', 'internal', 'daemon'],
  env: { HOME: '/home/me', http_proxy: 'http://u:p%41"w@proxy.test:3128/$x' },
  log: '/home/me/100% mine/daemon.log',
};

describe('a unit of systemd', () => {
  const text = renderUnit(readTemplate('ct.service'), parts);

  it('has the command with each word quoted', () => {
    expect(text).toContain('ExecStart="/usr/bin/node" "/opt/my ct/main.cjs" "internal" "daemon"\n');
  });

  it('has variables as they are, whatever they hold', () => {
    expect(text).toContain('Environment="HOME=/home/me"\n');
    expect(text).toContain('Environment="http_proxy=http://u:p%%41\\"w@proxy.test:3128/$x"\n');
  });

  it('has the log, and no hole is left', () => {
    expect(text).toContain('StandardError=append:/home/me/100%% mine/daemon.log\n');
    expect(text).not.toMatch(/@[A-Z]+@/u);
    expect(text).toContain(MARK);
  });

  it('keeps a dollar of the command from being a variable', () => {
    const unit = renderUnit('ExecStart=@COMMAND@', { ...parts, command: ['/a/$HOME/b'] });
    expect(unit).toBe('ExecStart="/a/$$HOME/b"');
  });

  it('does not fill what fills a hole', () => {
    const env = { A: '@LOG@' };
    expect(renderUnit('@ENVIRONMENT@', { ...parts, env })).toBe('Environment="A=@LOG@"');
  });

  it('is not made with a value of two lines', () => {
    const env = { A: 'x\nExecStartPre=/bin/evil' };
    expect(() => renderUnit(readTemplate('ct.service'), { ...parts, env })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });
});

it('is a property list for launchd', () => {
  const text = renderPlist(readTemplate('ct.plist'), {
    ...parts,
    command: ['/usr/bin/node', '/a & b/<main>.cjs'],
  });
  expect(text).toContain('    <string>/a &amp; b/&lt;main&gt;.cjs</string>\n');
  expect(text).toContain('    <key>HOME</key>\n    <string>/home/me</string>\n');
  expect(text).not.toMatch(/@[A-Z]+@/u);
  expect(text).toContain(MARK);
});
