import { expect, test } from 'vitest';
import { renderAptConf } from '../../src/image/apt-conf.ts';

const settings = ['Acquire::Check-Date "false";', 'Acquire::https::CaInfo "/etc/corp.pem";'];

test('on the host: its settings as they are, proxies of the environment added', () => {
  const conf = renderAptConf({
    settings,
    proxies: { http_proxy: 'http://p.example:1' },
    inside: undefined,
  });
  expect(conf).toBe(`${settings.join('\n')}\nAcquire::http::Proxy "http://p.example:1";\n`);
});

test("inside: the host's paths go, the lent files take their place", () => {
  const inside = { directory: '/lent', hasSources: true, hasBundle: true };
  const conf = renderAptConf({ settings, proxies: {}, inside });
  expect(conf).not.toContain('corp.pem');
  expect(conf).toContain('Acquire::https::CaInfo "/lent/ca.pem";');
  expect(conf).toContain('Dir::Etc::SourceList "/lent/sources.list";');
  expect(conf).toContain('Dir::Etc::SourceParts "-";');
});

test('inside without mirrors: the sources of the image stay in force', () => {
  const inside = { directory: '/lent', hasSources: false, hasBundle: false };
  const conf = renderAptConf({ settings: [], proxies: {}, inside });
  expect(conf).not.toMatch(/SourceList|CaInfo/u);
});

test("apt's own proxy wins over the environment", () => {
  const own = 'Acquire::http::Proxy "http://apt.example:3142";';
  const conf = renderAptConf({
    settings: [own],
    proxies: { http_proxy: 'http://other.example' },
    inside: undefined,
  });
  expect(conf).toBe(`${own}\n`);
});

test('a proxy with a quote in it cannot add settings of its own', () => {
  const proxies = { http_proxy: 'x"; Dir::Bin::Methods "/tmp' };
  expect(renderAptConf({ settings: [], proxies, inside: undefined })).toBe('\n');
});
