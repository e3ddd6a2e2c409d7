import { parseBy, type ConfigText } from './parse.ts';
import {
  PACKAGE_SECTIONS,
  packagesFrom,
  REFUSED_MANAGERS,
  type WantedPackages,
} from './packages-schema.ts';

/**
 * What a `packages.toml` asks for.
 *
 * Errors: invalid_config with `file:line:column`, the key and what was expected; the first fault only
 */
export function parsePackages(file: ConfigText): WantedPackages {
  const schema = { sections: PACKAGE_SECTIONS, named: {}, refused: REFUSED_MANAGERS };
  return packagesFrom(parseBy(file, schema).values);
}
