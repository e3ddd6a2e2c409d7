/** One way to log in that a server offers. */
export interface Challenge {
  /** Lower case: `bearer`, `basic` */
  readonly scheme: string;
  /** By lower-case name */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** A scheme, or a parameter: `name=token` or `name="quoted"`. */
const PART = new RegExp(
  `[\\s,]*(?:(?<name>${TOKEN})\\s*=\\s*(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<plain>${TOKEN}))|(?<scheme>${TOKEN})(?=[\\s,]|$))`,
  'uy',
);

/**
 * What a `WWW-Authenticate` header offers; what cannot be read ends the list.
 *
 * Source: RFC 9110 section 11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  PART.lastIndex = 0;
  for (let part = PART.exec(header); part !== null; part = PART.exec(header)) {
    const { name, quoted, plain = '', scheme } = part.groups ?? {};
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: {} });
    const last = found.at(-1);
    if (name === undefined) continue;
    if (last === undefined) break;
    last.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/gu, '$1') ?? plain;
  }
  return found;
}
