/** A piece of a page. Whatever is no markup is text, and becomes harmless when it is put in. */
export interface Markup {
  readonly html: string;
}

/** What stands in an element. */
export type Content = Markup | string;

/** Attributes by name; numbers are written with a tenth at most. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element of HTML or SVG. */
export function tag(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
    return ` ${key}="${escaped(text)}"`;
  });
  const inner = content.map((part) => (typeof part === 'string' ? escaped(part) : part.html));
  return { html: `<${name}${written.join('')}>${inner.join('')}</${name}>` };
}

/** Elements one behind the other. */
export function joined(parts: readonly Markup[]): Markup {
  return { html: parts.map(({ html }) => html).join('\n') };
}

/** Text as it may stand in an element or an attribute. */
export function escaped(text: string): string {
  const words: Readonly<Record<string, string>> = {
    ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;' },
    ...{ '"': '&quot;', "'": '&#39;' },
  };
  return text.replace(/[&<>"']/gu, (char) => words[char] ?? '');
}

/** A drawing that is as wide as there is room, `height` of 800 such parts high; `label` is read aloud. */
export function drawing(label: string, height: number, parts: readonly Markup[]): Markup {
  const attributes = {
    viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}`,
    role: 'img',
    'aria-label': label,
  };
  return tag('svg', attributes, joined(parts));
}

/** Of drawings, in their own parts. */
export const WIDTH = 800;

/** Milliseconds as people read them. */
export function msText(value: number): string {
  const digits = value > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ms`;
}
