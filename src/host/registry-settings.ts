/** A place that a tool of the host gets packages from. */
export interface Registry {
  /** `npm`, `pip`, `cargo`, `apt` */
  readonly tool: string;
  /** Name or address, without brackets */
  readonly host: string;
  readonly port: number;
}

/** Host and port of a URL; `undefined` for one that no session could fetch from (file:, ssh:, none). */
export function registryOf(tool: string, address: string): Registry | undefined {
  // cargo writes sparse+https://…, apt may write mirror+https://…
  const bare = address.replace(/^(?:sparse|registry|mirror|tor)\+(?=https?:)/u, '');
  const url = URL.canParse(bare) ? new URL(bare) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol) || url.hostname === '')
    return undefined;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { tool, host: url.hostname.replace(/^\[|\]$/gu, ''), port };
}

/** Addresses in `npm config list --json`: the registry, and those of scopes. Source: npm-config(7) */
export function npmAddresses(json: string): readonly string[] {
  try {
    const config: unknown = JSON.parse(json);
    if (typeof config !== 'object' || config === null) return [];
    return Object.entries(config).flatMap(([key, value]) =>
      (key === 'registry' || key.endsWith(':registry')) && typeof value === 'string' ? [value] : [],
    );
  } catch {
    return [];
  }
}

/**
 * Addresses in the output of `pip config list`, and the index that `pip help install` names as its
 * default when none is configured. Source: pip documentation, "Configuration"
 */
export function pipAddresses(list: string, help: string): readonly string[] {
  const values = [...list.matchAll(/^(\S+?)='(.*)'$/gmu)].flatMap(([, key = '', value = '']) =>
    /[.](?:extra-index-url|index-url|find-links)$/u.test(key) ? [{ key, value }] : [],
  );
  const addresses = values.flatMap(({ value }) => value.split(/(?:\\n|\s)+/u));
  if (values.some(({ key }) => key.endsWith('.index-url'))) return addresses;
  const words = help.replace(/\s+/gu, ' ');
  const usual = /--index-url <url> [^()]*\(default (https?:[^)\s]+)\)/u.exec(words)?.[1];
  return usual === undefined ? addresses : [...addresses, usual];
}

/**
 * Addresses of registries in a cargo configuration, by the keys that hold them; a whole parser would
 * learn nothing more. Source: The Cargo Book, "Configuration"
 */
export function cargoAddresses(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:[\w."-]+\.)?(?:registry|index)\s*=\s*["']([^"'\s]+)["']/gmu)]
    .map(([, address = '']) => address)
    .filter((address) => /^(?:sparse\+)?https?:/u.test(address));
}
