import * as list from 'tldts/dist/cjs/src/data/trie.js';

/**
 * Why `*.name` would let strangers in: `suffix`: anybody can register names below it (`com`, `co.uk`,
 * `github.io`) · `above`: below it are such suffixes (`amazonaws.com`). `undefined`: it belongs to one
 * owner, as far as the list knows.
 *
 * Loaded when rules with a star are read, and never else: the list is large.
 *
 * Source: Public Suffix List (publicsuffix.org), with its private section
 */
export function suffixFault(name: string): 'suffix' | 'above' | undefined {
  const labels = name.split('.').reverse();
  if (labels.length === 1) return 'suffix';
  const exception = walk(list.exceptionsRoot, labels);
  if (exception !== undefined && flagsOf(exception) !== 0) return undefined;
  const parent = walk(list.rulesRoot, labels.slice(0, -1));
  const node = walk(list.rulesRoot, labels);
  const byStar = parent === undefined ? undefined : child(parent, '*');
  if ((node !== undefined && flagsOf(node) !== 0) || byStar !== undefined) return 'suffix';
  return node !== undefined && hasChildren(node) ? 'above' : undefined;
}

/** The node that the labels, the last one of the name first, lead to. */
function walk(root: number, labels: readonly string[]): number | undefined {
  let node: number | undefined = root;
  for (const label of labels) {
    if (node === undefined) return undefined;
    node = child(node, label);
  }
  return node;
}

function child(node: number, label: string): number | undefined {
  const [first, end] = edgesOf(node);
  for (let edge = first; edge < end; edge++) {
    if (list.edgeLength[edge] !== label.length) continue;
    if (list.labelText.startsWith(label, offsets()[edge])) return list.edgeChild[edge];
  }
  return undefined;
}

function hasChildren(node: number): boolean {
  const [first, end] = edgesOf(node);
  return end > first;
}

function flagsOf(node: number): number {
  return list.nodeFlags[node] ?? 0;
}

function edgesOf(node: number): readonly [first: number, end: number] {
  return [list.edgeStart[node] ?? 0, list.edgeStart[node + 1] ?? list.edgeLength.length];
}

let known: Uint32Array | undefined;

/** Where each edge's label begins, which the list leaves to be added up. */
function offsets(): Uint32Array {
  if (known === undefined) {
    known = new Uint32Array(list.edgeLength.length);
    let at = 0;
    for (const [edge, length] of list.edgeLength.entries()) {
      known[edge] = at;
      at += length;
    }
  }
  return known;
}
