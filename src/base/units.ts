/** Factors of the usual suffixes; a bare letter means the binary unit, as in podman-run(1) and docker-run(1). */
const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  kib: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
  gib: 2 ** 30,
  t: 2 ** 40,
  tb: 2 ** 40,
  tib: 2 ** 40,
};

/**
 * Bytes of a text such as `512MiB`, `4g` or `1048576`; `undefined` for anything else, and for what is
 * not a whole number of bytes.
 */
export function parseSize(text: string): number | undefined {
  const found = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]{0,3})$/iu.exec(text);
  const factor = FACTORS[found?.[2]?.toLowerCase() ?? '?'];
  if (found === null || factor === undefined) return undefined;
  const bytes = Number(found[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes for people: the largest unit that is not below one, with one digit when it is not whole. */
export function formatSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
