/**
 * The proxies that programs on this host use, in the lower-case and upper-case names that programs
 * look for. Values may hold credentials.
 */
export function hostProxies(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const proxies: Record<string, string> = {};
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy']) {
    const value = env[name] ?? env[name.toUpperCase()];
    if (value === undefined || value === '' || /[\r\n]/u.test(value)) continue;
    proxies[name] = value;
    proxies[name.toUpperCase()] = value;
  }
  return proxies;
}
