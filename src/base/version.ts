declare const __CT_VERSION__: string | undefined;

/** Version of this build; `0.0.0-source` when the sources run without the bundler. */
export const CT_VERSION: string =
  typeof __CT_VERSION__ === 'string' ? __CT_VERSION__ : '0.0.0-source';
