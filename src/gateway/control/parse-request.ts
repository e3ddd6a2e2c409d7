import { parseAddress } from '../../network/address.ts';
import { normaliseName } from '../../network/domain-name.ts';
import type { PolicyEdit } from '../../network/edit.ts';
import type { Rule } from '../../network/policy.ts';
import type { ControlRequest } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

const MAX_RULES = 10_000;

/** A frame as a question. Throws a TypeError for anything that does not read like one. */
export function parseRequest(value: unknown): ControlRequest {
  const { ask, edit } = fields(value);
  if (ask === 'status' || ask === 'log') return { v: 1, ask };
  if (ask === 'edit') return { v: 1, ask, edit: parseEdit(fields(edit)) };
  throw new TypeError('a question that this version does not know');
}

function parseEdit({ op, rules }: Fields): PolicyEdit {
  if (op === 'clear') return { op };
  if (op !== 'allow' && op !== 'block' && op !== 'remove') throw new TypeError('an unknown change');
  if (!Array.isArray(rules) || rules.length > MAX_RULES) throw new TypeError('no list of rules');
  return { op, rules: rules.map((rule) => parseRule(fields(rule))) };
}

/** Only what a rule has, and only what could be one: it becomes a part of the session's policy. */
function parseRule(given: Fields): Rule {
  const { kind, text, origin, ports } = given;
  if (typeof text !== 'string' || typeof origin !== 'string' || text.length > 512) {
    throw new TypeError('a rule without its text');
  }
  const parts = { text, origin, ...(ports === undefined ? {} : { ports: parsePorts(ports) }) };
  if (kind === 'name') {
    const { name, below } = given;
    if (typeof name !== 'string' || typeof below !== 'boolean' || normaliseName(name) !== name) {
      throw new TypeError('a rule for something that is no name');
    }
    return { kind, name, below, ...parts };
  }
  const { address, prefix } = given;
  const parsed = typeof address === 'string' ? parseAddress(address) : undefined;
  if (kind !== 'address' || parsed === undefined || typeof prefix !== 'number') {
    throw new TypeError('a rule for something that is no address');
  }
  const bits = parsed.family === 4 ? 32 : 128;
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits)
    throw new TypeError('a wrong prefix');
  return { kind, address: address as string, prefix, ...parts };
}

function parsePorts(value: unknown): readonly number[] {
  const isPort = (port: unknown): port is number =>
    typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  if (!Array.isArray(value) || !value.every(isPort)) throw new TypeError('ports that are none');
  return value;
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('not an object');
  }
  return value as Fields;
}
