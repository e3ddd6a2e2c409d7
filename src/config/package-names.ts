import { TIERS } from '../image/tiers.ts';
import type { PackageKind } from './key-spec.ts';

const TIER_NAMES = Object.keys(TIERS);

/**
 * What a package may be called. Nothing that a manager could take for an option, a path, an address or
 * (apt's `name-`) an order to remove: each of them accepts more than names.
 *
 * Source: deb-version(7) and Debian Policy 5.6.1; npm's package-name guidelines; PEP 508 (names and
 * extras); The Cargo Book, "The name field"; Gem::Specification::VALID_NAME_PATTERN
 */
export const PACKAGE_NAMES: Readonly<Record<PackageKind, RegExp>> = {
  tier: new RegExp(`^(?:${TIER_NAMES.join('|')})$`, 'u'),
  'debian-package': /^[a-z0-9](?:[a-z0-9+.-]{0,98}[a-z0-9+.])$/u,
  'npm-package':
    /^(?:@[a-z0-9][a-z0-9._~-]{0,100}\/)?[a-z0-9][a-z0-9._~-]{0,100}(?:@[0-9A-Za-z][0-9A-Za-z.+-]{0,60})?$/u,
  'pip-package':
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?(?:\[[a-z0-9,_-]{1,60}\])?(?:@[0-9][0-9A-Za-z.+!]{0,60})?$/u,
  'cargo-package': /^[A-Za-z][A-Za-z0-9_-]{0,63}(?:@[0-9][0-9A-Za-z.+-]{0,60})?$/u,
  'gem-package': /^[A-Za-z0-9_][A-Za-z0-9._-]{0,98}(?:@[0-9][0-9A-Za-z.]{0,60})?$/u,
};

/** The same in words, for messages. */
export const PACKAGE_WORDS: Readonly<Record<PackageKind, string>> = {
  tier: `tiers (${TIER_NAMES.join(', ')})`,
  'debian-package': 'names of Debian packages',
  'npm-package': 'names of npm packages, with @version or without (no addresses, no paths)',
  'pip-package': 'names of Python packages, with @version or without (no addresses, no paths)',
  'cargo-package': 'names of crates, with @version or without',
  'gem-package': 'names of gems, with @version or without',
};
