import type { Config } from '../config/schema.ts';
import type { NetworkMode } from './options.ts';

/** What of the configuration a session has no use for in its mode: said, since nobody would see it. */
export function idleServices(mode: NetworkMode, network: Config['network']): readonly string[] {
  const names = Object.keys(network.host_services);
  if (mode === 'strict' || names.length === 0) return [];
  return [
    `network.host_services (${names.join(', ')}) are for strict sessions: this one is ${mode}`,
  ];
}
