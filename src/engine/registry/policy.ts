import { readFileSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { Account } from './account.ts';
import { namesFor, type Reference } from './reference.ts';
import { objectOf } from './json.ts';

/**
 * Refuses what the user's signature policy does not accept as it is. This client checks no signatures, so
 * where one is demanded it pulls nothing. A host without a policy has none.
 *
 * Errors: permission_denied · unsupported where a signature is demanded · failed_precondition
 * Source: containers-policy.json(5)
 */
export function checkPolicy(reference: Reference, account: Account): void {
  const policy = readPolicy(account);
  if (policy === undefined) return;
  const demands = demandsFor(policy, scopesOf(reference));
  const types = demands.map((demand) => String(objectOf(demand)['type']));
  if (types.length > 0 && types.every((type) => type === 'insecureAcceptAnything')) return;
  const what = `cannot pull ${printable(reference.text)}`;
  if (types.length === 0 || types.includes('reject')) {
    throw new CtError('permission_denied', `${what}: the policy in ${policy.path} rejects it`);
  }
  throw new CtError(
    'unsupported',
    `${what}: the policy in ${policy.path} wants a signature, which ct cannot check`,
    { hint: 'let Podman pull it: [engine] kind = "podman"' },
  );
}

interface Policy {
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
}

function readPolicy({ home }: Account): Policy | undefined {
  const own = `${home}/.config/containers/policy.json`;
  for (const path of [own, '/etc/containers/policy.json']) {
    try {
      return { path, document: objectOf(JSON.parse(readFileSync(path, 'utf8'))) };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new CtError('failed_precondition', `cannot read the policy in ${printable(path)}`, {
        cause: thrown,
      });
    }
  }
  return undefined;
}

/** From the most special to the most general name that a policy may have for an image. */
function scopesOf({ registry, repository, version }: Reference): readonly string[] {
  const names = namesFor(registry, repository);
  const exact = 'tag' in version ? `${names[0]}:${version.tag}` : `${names[0]}@${version.digest}`;
  const labels = registry.replace(/:\d+$/u, '').split('.');
  const domains = labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join('.')}`);
  return [exact, ...names, ...domains, ''];
}

function demandsFor({ document }: Policy, scopes: readonly string[]): readonly unknown[] {
  const docker = objectOf(objectOf(document['transports'])['docker']);
  const scope = scopes.find((name) => Object.hasOwn(docker, name));
  const demands = scope === undefined ? document['default'] : docker[scope];
  return Array.isArray(demands) ? demands : [];
}
