import type { KeySpec } from './schema.ts';

/** A value that is right, or what it should have been. */
export type Checked =
  { readonly value: string | number } | { readonly expected: string; readonly refusal?: string };

/** Compares one value with its key's spec; paths are made absolute. */
export function checkValue(spec: KeySpec, given: unknown, home: string): Checked {
  switch (spec.type) {
    case 'integer': {
      const isRight =
        Number.isSafeInteger(given) && Number(given) >= spec.min && Number(given) <= spec.max;
      const expected = `a whole number of ${spec.unit} from ${spec.min} to ${spec.max}`;
      return isRight ? { value: Number(given) } : { expected };
    }
    case 'choice': {
      const expected = `one of ${spec.choices.map((choice) => `"${choice}"`).join(', ')}`;
      if (typeof given !== 'string') return { expected };
      if (spec.choices.includes(given)) return { value: given };
      const refused = spec.refused ?? {};
      const refusal = Object.hasOwn(refused, given) ? refused[given] : undefined;
      return refusal === undefined ? { expected } : { expected, refusal };
    }
    case 'path':
      return checkPath(given, home, 'a path that begins with / or ~/');
    case 'socket':
      return checkPath(
        typeof given === 'string' ? given.replace(/^unix:\/\//u, '') : given,
        home,
        'a path that begins with / or ~/, or a unix:// address (others are not supported)',
      );
    case 'profile':
      return typeof given === 'string' && spec.names.includes(given)
        ? { value: given }
        : checkPath(
            given === '' ? undefined : given,
            home,
            `one of ${spec.names.map((name) => `"${name}"`).join(', ')}, or a path that begins with / or ~/`,
          );
    case 'reference':
      return typeof given === 'string' && REFERENCE.test(given)
        ? { value: given }
        : { expected: 'an image with its registry, such as docker.io/library/debian:trixie-slim' };
  }
}

function checkPath(given: unknown, home: string, expected: string): Checked {
  if (typeof given !== 'string' || given.length > 4096 || given.includes('\0')) return { expected };
  if (given === '' || given.startsWith('/')) return { value: given };
  return given.startsWith('~/') ? { value: `${home}${given.slice(1)}` } : { expected };
}

/** Source: distribution/reference, grammar of a canonical name; the host part is demanded here */
const REFERENCE =
  /^(?=.{1,512}$)(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:))(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/u;
