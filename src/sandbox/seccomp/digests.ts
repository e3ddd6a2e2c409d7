/**
 * SHA-256 of the filter that each profile compiles to, by processor: the plan names it and the file
 * that the engine reads is compared with it. Written by `npm run docs`.
 */
export const PROFILE_DIGESTS = {
  strict: {
    x86_64: '7ecccc1d755b483ce3bba3a37da208d731f7d2ac45f0f74e41e7d556c33abf16',
    aarch64: '9b338503a5eecc2504fcd2091fcd2b6b626bb66b1432f25761e09a52825281dd',
  },
  default: {
    x86_64: 'cf9d88c13d7e1818a64c3e29ffc9ed8becf43ae5778b983c305560db5a23213c',
    aarch64: 'f787fcb151497ade44ea52aef2212f7c73481314d3b6be8d4ab2fa29d8d58dbb',
  },
  browser: {
    x86_64: 'f4e6ff0b7943bfa67a0dda8a4949810c22260a20aa0f03a16b0fd2c889025653',
    aarch64: '9bba73fce2190f4f7ee9c341da057734b632ada2a69deaa72b416f5379322fa9',
  },
  nested: {
    x86_64: 'eb6f6a6216190c12a232627a32ef64dd0774e196dcbd0eada2c0e0d786d7a01f',
    aarch64: '0676be78dae4fa15ee163f6f1a14dc860b1879860dc2ce746bd2c116e41828f5',
  },
  debug: {
    x86_64: '4bdf66a59b1a35612041aeb102c9751bc95df245b1d66ae2e0aba771f04b0ee6',
    aarch64: 'a1d1ca5fd2a94c24101223480f874deaad01239cf38599ea6fb570ef123451d4',
  },
} as const;
