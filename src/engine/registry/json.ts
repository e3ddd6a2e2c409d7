/** What foreign documents hold, taken as what it ought to be: something else is as good as nothing. */

/** An object; an empty one for anything else. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A list of objects; an empty one for anything else. */
export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A text; '' for anything else. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
