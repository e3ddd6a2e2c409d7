import { printable } from '../base/text.ts';

/** Shorter values would mask ordinary words. */
const MIN_PLAIN = 4;
const MIN_ENCODED = 6;
/** A line of a longer value that is recognised by itself. */
const MIN_LINE = 16;

/**
 * The ways in which a value turns up in text: as it is, escaped, and encoded. Base64 has three faces, by
 * where in a larger text the value began; of each, those letters that the value alone decides.
 *
 * Source: RFC 4648 sections 4, 5 and 8; RFC 3986 section 2.1
 */
export function formsOf(value: Buffer): readonly string[] {
  const text = value.toString('utf8');
  const json = JSON.stringify(text).slice(1, -1);
  const plain = [text, json, printable(text), ...linesOf(text)];
  const encoded = [...base64Faces(value), value.toString('hex'), ...percentFaces(value)];
  const forms = [
    ...plain.filter((form) => form.length >= MIN_PLAIN),
    ...encoded.flatMap((form) =>
      [form, form.toUpperCase(), form.toLowerCase()].filter(isStable(form)),
    ),
  ].map(withoutBreaks);
  return [...new Set(forms)].filter((form) => form.length >= MIN_PLAIN).sort(longerFirst);
}

/** Letters of hexadecimal and percent forms come in both cases; base64 has one meaning for each. */
function isStable(form: string) {
  const isHex = /^(?:[0-9a-f]+|.*%.*)$/u.test(form);
  return (candidate: string): boolean =>
    candidate.length >= MIN_ENCODED && (candidate === form || isHex);
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.length < 2
    ? []
    : lines.map((line) => line.trim()).filter(({ length }) => length >= MIN_LINE);
}

function base64Faces(value: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), value]).toString('base64');
    const core = shifted.slice(
      Math.ceil((shift * 8) / 6),
      Math.floor(((shift + value.length) * 8) / 6),
    );
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Programs differ in what they leave as it is. */
function percentFaces(value: Buffer): string[] {
  const encode = (kept: RegExp): string =>
    [...value]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        return kept.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  const strict = encode(/[A-Za-z0-9\-._~]/u);
  const faces = [strict, encode(/[A-Za-z0-9\-._~!'()*]/u), encode(/[A-Za-z0-9\-._*]/u)];
  faces.push(
    strict.replaceAll('%20', '+'),
    strict.replace(/%../gu, (code) => code.toLowerCase()),
  );
  return faces;
}

/** A form as the redactor looks for it: what wraps lines and colours text is taken out on both sides. */
export function withoutBreaks(text: string): string {
  return text.replace(BREAKS, '');
}

/** Line breaks, as they are and escaped, and colour sequences in both spellings. Source: ECMA-48 5.4 */
// eslint-disable-next-line no-control-regex -- escape sequences are what this looks for
export const BREAKS = /[\r\n]|(?:\u001b|\\e|\\u001b)\[[0-9;?]*[ -/]*[@-~]/gu;

function longerFirst(a: string, b: string): number {
  return b.length - a.length;
}
