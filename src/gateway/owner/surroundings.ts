import { createHash } from 'node:crypto';

/** Source: curl(1) "ENVIRONMENT"; see `readProxySettings` */
const VARIABLES = ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'];

/**
 * One word for what of an environment decides how a session's connections leave this host: a process can
 * serve another's session only if both have the same. A digest, since the address of a proxy may hold a
 * password; empty where there is no proxy.
 */
export function surroundingsOf(env: NodeJS.ProcessEnv): string {
  const values = VARIABLES.map((name) => env[name] ?? env[name.toUpperCase()] ?? '');
  if (values.every((value) => value === '')) return '';
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
