import { parseAddress } from '../../network/address.ts';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { PublishedPort } from '../../plan/options.ts';

/**
 * The values of `--publish`: `[address:]port:port inside`, or one port for both. Without an address the
 * host's loopback: nobody else is let in unless that is asked for.
 *
 * Errors: invalid_argument
 */
export function parsePublished(words: readonly string[] | undefined): readonly PublishedPort[] {
  const all = (words ?? []).map(parseOne);
  const seen = new Set<string>();
  for (const { hostAddress, hostPort } of all) {
    const key = `${hostAddress} ${hostPort}`;
    if (seen.has(key)) throw wrong(`port ${hostPort} of the host is published twice`);
    seen.add(key);
  }
  return all;
}

function parseOne(word: string): PublishedPort {
  const match = /^(?:(?:\[([^\]]+)\]|(\d+\.[\d.]+)):)?(\d+)(?::(\d+))?(?:\/(tcp|udp))?$/u.exec(
    word,
  );
  const [, v6, v4, first = '', second, protocol] = match ?? [];
  const hostAddress = v6 ?? v4 ?? '127.0.0.1';
  // `address:port` alone would leave open which of the two ports is meant.
  const isWhole = match !== null && ((v6 ?? v4) === undefined || second !== undefined);
  if (!isWhole || parseAddress(hostAddress)?.family !== (v6 === undefined ? 4 : 6)) {
    throw wrong(`'${printable(word)}' is not [address:]port:port`);
  }
  if (protocol === 'udp') throw wrong(`'${printable(word)}': only TCP can be published`);
  return { hostAddress, hostPort: port(first, word), port: port(second ?? first, word) };
}

function port(text: string, word: string): number {
  const number = Number(text);
  if (number < 1 || number > 65_535) throw wrong(`'${printable(word)}': ports are 1 to 65535`);
  return number;
}

function wrong(message: string): CtError {
  return new CtError('invalid_argument', `--publish: ${message}`, {
    hint: "such as '-p 8080:8080', or '-p 127.0.0.1:8080:3000'",
  });
}
