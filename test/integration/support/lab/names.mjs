// @ts-check
/** The name server of the lab: a zone in a table, over UDP and TCP. Source: RFC 1035 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const SERVER = '198.51.100.53';

/** Several names on one address, and names that lead where no session may go. */
const ZONE =
  /** @type {Record<string, { a?: string[], aaaa?: string[], cname?: string, fails?: true, silent?: true }>} */ ({
    'www.example.test': { a: ['198.51.100.20'] },
    'api.example.test': { a: ['198.51.100.10'] },
    'example.test': { a: ['198.51.100.12'] },
    'evil.test': { a: ['198.51.100.20'] },
    'other.test': { a: ['198.51.100.21'] },
    'xn--bcher-kva.example.test': { a: ['198.51.100.11'] },
    // Where it leads
    'meta.example.test': { a: ['169.254.169.254'] },
    'lan.example.test': { a: ['10.99.0.5'] },
    'carrier.example.test': { a: ['100.64.7.7'] },
    'lo.example.test': { a: ['127.0.0.1'] },
    'zero.example.test': { a: ['0.0.0.0'] },
    'self.example.test': { a: ['198.51.100.1'] },
    'self6.example.test': { aaaa: ['2001:db8:77::1'] },
    'lo6.example.test': { aaaa: ['::1'] },
    'mapped.example.test': { aaaa: ['::ffff:10.99.0.5'] },
    'nat64.example.test': { aaaa: ['64:ff9b::a63:5'] },
    'local6.example.test': { aaaa: ['fe80::1'] },
    'mixed.example.test': { a: ['10.99.0.5', '198.51.100.22', '169.254.169.254'] },
    'six.example.test': { aaaa: ['2001:db8:77::10'] },
    'fake.example.test': { a: ['198.18.0.1'] },
    'steal.example.test': { cname: 'evil.test' },
    'broken.example.test': { fails: true },
    'silent.example.test': { silent: true },
  });

/** @param {(event: object) => void} note */
export async function serveNames(note) {
  const udp = createSocket('udp4');
  udp.on('message', (message, { address, port }) => {
    const answer = answerTo(message, note);
    if (answer !== undefined) udp.send(answer, port, address);
  });
  await new Promise((done) => udp.bind(53, SERVER, () => done(undefined)));
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const answer = answerTo(data.subarray(2), note);
      if (answer === undefined) return;
      const head = Buffer.alloc(2);
      head.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([head, answer]));
    });
  });
  await new Promise((done) => tcp.listen(53, SERVER, () => done(undefined)));
}

/** @param {Buffer} query @param {(event: object) => void} note */
function answerTo(query, note) {
  const labels = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  const name = labels.join('.');
  const type = query.readUInt16BE(at + 1);
  note({ kind: 'dns', name, type });
  if (ZONE[name]?.silent === true) return undefined;
  const found = name.endsWith('.wild.test') ? { a: ['198.51.100.11'] } : ZONE[name];
  const records = found === undefined ? [] : recordsOf(found, type);
  const rcode = found === undefined ? 3 : 'fails' in found ? 2 : 0;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180 | rcode, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, query.subarray(12, at + 5), ...records]);
}

/** @param {{ a?: string[], aaaa?: string[], cname?: string }} found @param {number} type @returns {Buffer[]} */
function recordsOf({ a = [], aaaa = [], cname }, type) {
  if (cname !== undefined) {
    const target = Buffer.concat(
      [...cname.split('.'), ''].map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    );
    const addresses = (ZONE[cname]?.a ?? []).map((text) => record(1, v4(text), target));
    return [record(5, target), ...(type === 1 ? addresses : [])];
  }
  if (type === 1) return a.map((text) => record(1, v4(text)));
  return type === 28 ? aaaa.map((text) => record(28, v6(text))) : [];
}

/** @param {number} type @param {Buffer} data @param {Buffer} [owner] */
function record(type, data, owner = Buffer.from([0xc0, 12])) {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  // Nothing here may be kept: the tests change their minds.
  fixed.writeUInt32BE(0, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

/** @param {string} text */
function v4(text) {
  return Buffer.from(text.split('.').map(Number));
}

/** @param {string} text */
function v6(text) {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/u.exec(text);
  const plain =
    dotted === null
      ? text
      : `${dotted[1]}${v4(dotted[2] ?? '')
          .toString('hex')
          .replace(/(.{4})/u, '$1:')}`;
  const [left = '', right] = plain.split('::');
  const words = (/** @type {string} */ part) => (part === '' ? [] : part.split(':'));
  const [before, after] = [words(left), words(right ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from(
    [...before, ...zeros, ...after].map((word) => word.padStart(4, '0')).join(''),
    'hex',
  );
}
