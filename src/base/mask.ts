/** What hides known secret values in text that `ct` itself writes. */
export interface Mask {
  /** The whole of a message, values replaced */
  text(text: string): string;
  /** For text that comes in pieces: a value may be split over them */
  stream(): MaskStream;
}

/** Text in pieces. What may be the beginning of a value is held back until more comes. */
export interface MaskStream {
  push(text: string): string;
  /** The rest */
  end(): string;
}

/**
 * The only state in this ring, and a one-way street: `ct` runs one command in one process, and once a
 * value was read nothing may print it.
 */
let current: Mask | undefined;

/** From here on {@link masked} hides what `mask` knows. */
export function useMask(mask: Mask): void {
  current = mask;
}

/** Text for a message, a log or an error, without the values of secrets. Free while none was read. */
export function masked(text: string): string {
  return current === undefined ? text : current.text(text);
}

/** The same for text in pieces. Values that are read later are hidden from then on. */
export function maskedStream(): MaskStream {
  let inner: MaskStream | undefined;
  return {
    push: (text) => {
      inner ??= current?.stream();
      return inner === undefined ? text : inner.push(text);
    },
    end: () => inner?.end() ?? '',
  };
}
