import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { mayResolve } from '../network/decide.ts';
import { NO_SUCH_NAME, renderDnsAnswer } from '../network/dns-answer.ts';
import { RCODE, parseDnsQuery, type DnsQuery } from '../network/dns-message.ts';
import type { NameService } from './answer-names.ts';
import type { DnsResponder } from './dns-server.ts';

const DEADLINE_MS = 4_000;
const AT_ONCE = 128;

/**
 * Answers the questions of a permissive session by asking the host's resolvers, but for names that are
 * blocked: these do not exist.
 */
export function forwardNames(
  service: Omit<NameService, 'names'>,
  resolvers: () => readonly string[] = hostResolvers,
): DnsResponder {
  let under = 0;
  return async (message, transport) => {
    const input = parseDnsQuery(message);
    if (input.kind === 'drop') return undefined;
    const { query } = input;
    if (input.kind === 'error') return renderDnsAnswer(query, { rcode: input.rcode }, transport);
    const { name } = query;
    const verdict = name === undefined ? undefined : mayResolve(service.policy(), name);
    if (name !== undefined && verdict?.verdict === 'deny') {
      service.recorder.write({ event: 'dns', name, ...verdict });
      return renderDnsAnswer(query, NO_SUCH_NAME, transport);
    }
    if (under >= AT_ONCE) return failure(query, transport);
    under += 1;
    try {
      return await askAny(resolvers(), message, transport);
    } catch {
      return failure(query, transport);
    } finally {
      under -= 1;
    }
  };
}

function failure(query: DnsQuery, transport: 'udp' | 'tcp'): Uint8Array {
  return renderDnsAnswer(query, { rcode: RCODE.servFail }, transport);
}

/** Asks the resolvers of the host in turn, as resolv.conf(5) has it. */
async function askAny(
  servers: readonly string[],
  message: Buffer,
  transport: 'udp' | 'tcp',
): Promise<Buffer> {
  let last: unknown = new Error('the host has no resolver');
  for (const server of servers) {
    try {
      return await (transport === 'udp' ? askByUdp : askByTcp)(server, message);
    } catch (thrown) {
      last = thrown;
    }
  }
  throw last;
}

/** Read for each question: it changes when a laptop changes its network. */
export function hostResolvers(path = '/etc/resolv.conf'): readonly string[] {
  const servers = [...readFileSync(path, 'utf8').matchAll(/^\s*nameserver\s+(\S+)/gmu)]
    .map(([, address = '']) => address)
    .filter((address) => isIP(address.split('%')[0] ?? '') !== 0);
  return servers.length > 0 ? servers.slice(0, 3) : ['127.0.0.1'];
}

/** From a port of its own, so that nobody can guess where an answer would be believed. */
function askByUdp(server: string, message: Buffer): Promise<Buffer> {
  const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
  let timer: NodeJS.Timeout | undefined;
  return new Promise<Buffer>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), DEADLINE_MS);
    socket.on('error', reject).on('message', (answer) => {
      if (answer.length < 12 || answer.readUInt16BE(0) !== message.readUInt16BE(0)) return;
      resolve(answer);
    });
    // Without a route to it the callback is told, and nobody else; its type does not say so.
    socket.connect(53, server, (error?: Error) => {
      if (error) reject(error);
      else socket.send(message);
    });
  }).finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

function askByTcp(server: string, message: Buffer): Promise<Buffer> {
  const socket = connect({ host: server, port: 53, timeout: DEADLINE_MS });
  return new Promise<Buffer>((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const head = Buffer.alloc(2);
    head.writeUInt16BE(message.length);
    socket.on('connect', () => socket.write(Buffer.concat([head, message])));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 2 && answer.length >= 2 + answer.readUInt16BE(0)) {
        resolve(answer.subarray(2, 2 + answer.readUInt16BE(0)));
      }
    });
    for (const event of ['error', 'timeout', 'end'] as const) {
      socket.on(event, () => reject(new Error('no answer')));
    }
  }).finally(() => socket.destroy());
}
