/**
 * SHA-256 of the filter that each profile compiles to, by processor: the plan names it and the file
 * that the engine reads is compared with it. Written by `npm run docs`.
 */
export const PROFILE_DIGESTS = {
  strict: {
    x86_64: 'ffd69aa1fba0be4a7553e089e325732b5384a611a1319a76cdc5d7dc62717b4f',
    aarch64: '6664a1fb1951ee0cd406bc916b1fbe560ebf88717a3f7b228322a8dd92a20714',
  },
  default: {
    x86_64: 'ca91b16a8d50dce0f1f14816f355bbb315861498656cebaa2dcb50be7962fad0',
    aarch64: '32c25c4e537ccc47dd8eecd3e9bb93c005ea44782d420e7a83e9d36b1104e319',
  },
  browser: {
    x86_64: 'a932fc2d6752a1bb362cb75257c0d8f733af2017414d1ec874df986e80864fd9',
    aarch64: '95b661b29f75681cf1b98f35b50e921bcc3300828aece5393a2990796c0f5f21',
  },
  nested: {
    x86_64: '78624ca6bc8af44bc7cc07ec4220cc1cf38f00ceb1f3cd34e4b4f6156ae624dd',
    aarch64: 'f1cc6db7fea0e26f61f059c4dc74e51936bac456a4be9bbbf271958798af6f96',
  },
  debug: {
    x86_64: '6e752f949f3ffaad9fda5241c46b26820886ad22c8240e8e261e4c927dadf1bf',
    aarch64: '1f813998e29af74c072525265a5cc1d97b45a39d42fd3d88522cd8dc709fc4e3',
  },
} as const;
