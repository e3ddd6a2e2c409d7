import { parseAddress, renderAddress } from './address.ts';

/** How many names a session may have, and how fast one wildcard may bring new ones. */
export interface NameLimits {
  /** Names in all; after that no new one is answered */
  readonly names: number;
  /** New names that one rule may bring within a minute: a wildcard is no channel for data */
  readonly perRuleAMinute: number;
}

/** What a session gets unless told otherwise. */
export const NAME_LIMITS: NameLimits = { names: 4096, perRuleAMinute: 120 };

/** The address of a name, or why there is none. */
export type Assigned =
  | { readonly address: string; readonly isNew: boolean }
  | { readonly exhausted: 'session' | 'rule' };

/** First of the addresses, and how many there are: the benchmarking range, which no host is in. RFC 2544 */
const FIRST = parseAddress('198.18.0.1')?.value ?? 0n;
const LAST = parseAddress('198.19.255.254')?.value ?? 0n;
/** Addresses of one generation: as many as a session may have names */
const GENERATION = BigInt(NAME_LIMITS.names);
const GENERATIONS = (LAST - FIRST + 1n) / GENERATION;

const MINUTE_MS = 60_000;

/**
 * The addresses that stand for names in one session. An address is given once and never to another
 * name, so what a program keeps from an earlier answer cannot come to mean something else.
 *
 * Names are normalised ones (`normaliseName`).
 */
export class NameTable {
  readonly #limits: NameLimits;
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();
  /** Rule → times of the new names that it brought within the last minute, in milliseconds */
  readonly #recent = new Map<string, number[]>();
  #next: bigint;

  /**
   * `generation`: how often the session's names were forgotten before, because whoever served it died.
   * Each has addresses of its own, so that one which a program still knows is nobody's now.
   */
  constructor(limits: NameLimits = NAME_LIMITS, generation = 0) {
    this.#limits = limits;
    this.#next = FIRST + (BigInt(generation) % GENERATIONS) * GENERATION;
  }

  get size(): number {
    return this.#addresses.size;
  }

  /** The address of a name that `rule` allows. `nowMs` is of a clock that never goes back. */
  assign(name: string, rule: string, nowMs: number): Assigned {
    const known = this.#addresses.get(name);
    if (known !== undefined) return { address: known, isNew: false };
    if (this.size >= this.#limits.names || this.#next > LAST) return { exhausted: 'session' };
    const recent = (this.#recent.get(rule) ?? []).filter((time) => nowMs - time < MINUTE_MS);
    this.#recent.set(rule, recent);
    if (recent.length >= this.#limits.perRuleAMinute) return { exhausted: 'rule' };
    recent.push(nowMs);
    const address = renderAddress({ family: 4, value: this.#next });
    this.#next += 1n;
    this.#addresses.set(name, address);
    this.#names.set(address, name);
    return { address, isNew: true };
  }

  /** The name that an address of this session stands for. */
  nameOf(address: string): string | undefined {
    return this.#names.get(address);
  }
}
