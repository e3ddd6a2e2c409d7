import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';

/** An image in a registry, taken apart. */
export interface Reference {
  /** As the user wrote it */
  readonly text: string;
  /** Registry as people name it, with its port if it has one: `docker.io`, `localhost:5000` */
  readonly registry: string;
  /** `library/debian` */
  readonly repository: string;
  /** What to ask for: a tag, or a digest, which wins when both are there */
  readonly version: { readonly tag: string } | { readonly digest: string };
}

/** Source: distribution/reference, grammar; the registry is demanded, as in the configuration */
const GRAMMAR =
  /^(?=.{1,512}$)(?<registry>(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\])(?::\d{1,5})?)\/(?<repository>[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]+))?$/u;

/**
 * Takes a fully qualified reference apart. Every part is safe in the path of a URL.
 *
 * Errors: invalid_argument · unsupported for digests that are not SHA-256
 */
export function parseReference(text: string): Reference {
  const { registry = '', repository = '', tag, digest } = GRAMMAR.exec(text)?.groups ?? {};
  if (registry === '' || !URL.canParse(`https://${registry}`)) {
    throw new CtError('invalid_argument', `'${printable(text)}' names no image in a registry`, {
      hint: 'name the registry too: docker.io/library/debian:trixie-slim',
    });
  }
  if (digest !== undefined && !isSha256(digest)) {
    throw new CtError('unsupported', `ct knows sha256 digests only: ${printable(text)}`);
  }
  // Docker Hub keeps images that are nobody's in `library`.
  const isShort = registry === 'docker.io' && !repository.includes('/');
  return {
    ...{ text, registry },
    repository: isShort ? `library/${repository}` : repository,
    version: digest === undefined ? { tag: tag ?? 'latest' } : { digest },
  };
}

/** Whether `text` is a digest that this client checks. Source: image-spec descriptor.md "Digests" */
export function isSha256(text: unknown): text is string {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/u.test(text);
}

/** Where the API of a registry is: Docker Hub's is not at the name that people use. */
export function apiHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/** Names that stand for an image in the user's files, the most special first: host/a/b, host/a, host. */
export function namesFor(registry: string, repository: string): readonly string[] {
  const parts = [registry, ...repository.split('/')];
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('/'));
}
