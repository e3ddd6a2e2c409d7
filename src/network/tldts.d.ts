/** The public suffix list as a flat tree, without the code around it: ADR 0005. Pinned with the package. */
declare module 'tldts/dist/cjs/src/data/trie.js' {
  /** 1: a suffix of a registry · 2: of a private owner · 0: only on the way to one */
  export const nodeFlags: Uint8Array;
  /** Edges of node n: from `edgeStart[n]` to `edgeStart[n + 1]` */
  export const edgeStart: Uint16Array;
  /** Length of an edge's label in `labelText`, where labels stand one after the other */
  export const edgeLength: Uint8Array;
  export const edgeChild: Uint16Array;
  export const labelText: string;
  export const rulesRoot: number;
  export const exceptionsRoot: number;
}
