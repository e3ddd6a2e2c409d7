import { networkOf, parseAddress, type Address } from './address.ts';
import { suffixesOf } from './domain-name.ts';
import type { AddressRule, NameRule, Rule } from './policy.ts';

/** Rules arranged so that the time of a question does not grow with their number. */
export class RuleIndex {
  readonly #exact = new Map<string, NameRule[]>();
  readonly #below = new Map<string, NameRule[]>();
  readonly #blocks = new Map<string, AddressRule[]>();
  /** Prefix lengths in use, the longest first */
  readonly #prefixes: Readonly<Record<4 | 6, number[]>> = { 4: [], 6: [] };

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      if (rule.kind === 'name') push(rule.below ? this.#below : this.#exact, rule.name, rule);
      else this.#addBlock(rule);
    }
    for (const list of Object.values(this.#prefixes)) list.sort((a, b) => b - a);
  }

  /** Rules for a normalised name, the most specific first. */
  *forName(name: string): Generator<NameRule> {
    yield* this.#exact.get(name) ?? [];
    for (const suffix of suffixesOf(name)) {
      if (suffix !== name) yield* this.#below.get(suffix) ?? [];
    }
  }

  /** Rules for an address, the narrowest first. */
  *forAddress(address: Address): Generator<AddressRule> {
    for (const prefix of this.#prefixes[address.family]) {
      yield* this.#blocks.get(blockKey(address, prefix)) ?? [];
    }
  }

  #addBlock(rule: AddressRule): void {
    const address = parseAddress(rule.address);
    if (address === undefined) return;
    const prefixes = this.#prefixes[address.family];
    if (!prefixes.includes(rule.prefix)) prefixes.push(rule.prefix);
    push(this.#blocks, blockKey(address, rule.prefix), rule);
  }
}

function blockKey(base: Address, prefix: number): string {
  return `${base.family}/${prefix}/${networkOf({ base, prefix })}`;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
