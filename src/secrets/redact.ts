import type { Mask, MaskStream } from '../base/mask.ts';
import { BREAKS, formsOf } from './forms.ts';
import { reveal, type Secret } from './secret.ts';

interface Form {
  readonly text: string;
  readonly shown: string;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly shown: string;
}

/** Text that never ends and never shows a letter must not fill the memory, `characters`. */
const MAX_HELD = 1024 * 1024;

/** Hides values of the secrets that it was told of. */
export class Redactor implements Mask {
  #forms: readonly Form[] = [];

  add(secret: Secret): void {
    const shown = secret.toString();
    const known = new Set(this.#forms.map(({ text }) => text));
    const added = formsOf(reveal(secret)).filter((text) => !known.has(text));
    this.#forms = [...this.#forms, ...added.map((text) => ({ text, shown }))].sort(
      (a, b) => b.text.length - a.text.length,
    );
  }

  text(text: string): string {
    return cover(text, this.#find(text), text.length);
  }

  stream(): MaskStream {
    let held = '';
    return {
      push: (text) => {
        held += text;
        const { upTo, ranges } = this.#settled(held);
        const out = cover(held, ranges, upTo);
        held = held.slice(upTo);
        return out;
      },
      end: () => {
        const out = this.text(held);
        held = '';
        return out;
      },
    };
  }

  /** How much of `held` no later text can turn into a value. */
  #settled(held: string): { readonly upTo: number; readonly ranges: readonly Range[] } {
    const longest = this.#forms[0]?.text.length ?? 0;
    const { at } = flatten(held);
    const ranges = this.#find(held);
    const open = at.length - longest + 1;
    const beginsOpen =
      held.length > MAX_HELD ? held.length : (at[Math.max(open, 0)] ?? held.length);
    const cut = open >= at.length && longest <= 1 ? held.length : beginsOpen;
    // A value that crosses the cut is complete: it goes out with what is before it.
    const upTo = ranges.reduce((end, { from, to }) => (from < end && to > end ? to : end), cut);
    return { upTo, ranges };
  }

  #find(text: string): readonly Range[] {
    const { plain, at } = flatten(text);
    const ranges: Range[] = [];
    for (const form of this.#forms) {
      for (let found = plain.indexOf(form.text); found !== -1;) {
        const from = at[found] ?? 0;
        const to = (at[found + form.text.length - 1] ?? 0) + 1;
        ranges.push({ from, to, shown: form.shown });
        found = plain.indexOf(form.text, found + 1);
      }
    }
    return ranges.sort((a, b) => a.from - b.from || b.to - a.to);
  }
}

/** The text without breaks and colours, and where each of its characters stood. */
function flatten(text: string): { readonly plain: string; readonly at: readonly number[] } {
  const at: number[] = [];
  let plain = '';
  let last = 0;
  const keep = (end: number): void => {
    for (let index = last; index < end; index += 1) at.push(index);
    plain += text.slice(last, end);
  };
  for (const { index, 0: found } of text.matchAll(BREAKS)) {
    keep(index);
    last = index + found.length;
  }
  keep(text.length);
  return { plain, at };
}

/** `text` up to `upTo`, each range under its name; ranges that overlap are covered by one. */
function cover(text: string, ranges: readonly Range[], upTo: number): string {
  let out = '';
  let done = 0;
  for (const { from, to, shown } of ranges) {
    if (from >= upTo) break;
    if (from >= done) out += text.slice(done, from) + shown;
    done = Math.max(done, to);
  }
  return done < upTo ? out + text.slice(done, upTo) : out;
}
