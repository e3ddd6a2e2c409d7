// @ts-check
/**
 * Everybody else: a name server, web servers, an echo server, on every address of its namespace; run as
 * `world`. Run as `host` it is what listens on the host itself and must not be reached. What arrives is
 * written down, a line of JSON each, in `<dir>/<role>.log`.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { serveNames } from './names.mjs';

const [dir = '.', role = 'world'] = process.argv.slice(2);
const note = (/** @type {object} */ event) =>
  appendFileSync(`${dir}/${role}.log`, `${JSON.stringify(event)}\n`);
const tls = { key: readFileSync(`${dir}/key.pem`), cert: readFileSync(`${dir}/cert.pem`) };

/** @param {any} req @param {any} res */
function answer(req, res) {
  const host = req.headers[':authority'] ?? req.headers.host ?? '';
  const { remoteAddress, localAddress } = req.socket;
  note({
    kind: 'http',
    host,
    url: req.url,
    method: req.method,
    to: localAddress,
    from: remoteAddress,
  });
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/redirect') {
    res.writeHead(302, { location: url.searchParams.get('to') ?? '/' });
    return res.end();
  }
  if (url.pathname === '/events') return events(res, url.searchParams);
  if (url.pathname.startsWith('/big')) return big(res, Number(url.searchParams.get('mb') ?? '1'));
  if (url.pathname.startsWith('/files/')) return file(url.pathname.slice(7), res);
  let bytes = 0;
  const hash = createHash('sha256');
  req.on('data', (/** @type {Buffer} */ chunk) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  req.on('end', () => {
    const body = { host, to: localAddress, from: remoteAddress, bytes, sha256: hash.digest('hex') };
    res.writeHead(200, { 'content-type': 'application/json', 'x-version': req.httpVersion });
    res.end(`${JSON.stringify({ ...body, servername: req.socket.servername })}\n`);
  });
}

/** `n` events, `every` so many `ms`. @param {any} res @param {URLSearchParams} asked */
function events(res, asked) {
  const count = Number(asked.get('n') ?? '3');
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const timer = setInterval(
    () => {
      sent += 1;
      res.write(`data: ${sent}\n\n`);
      if (sent < count) return;
      clearInterval(timer);
      res.end();
    },
    Number(asked.get('every') ?? '200'),
  );
  res.on('close', () => clearInterval(timer));
}

/** @param {any} res @param {number} megabytes */
function big(res, megabytes) {
  res.writeHead(200, { 'content-length': megabytes * 1024 * 1024 });
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  let left = megabytes;
  const more = () => {
    while (left > 0) {
      left -= 1;
      if (!res.write(chunk)) return res.once('drain', more);
    }
    res.end();
  };
  more();
}

/** @param {string} path @param {any} res */
function file(path, res) {
  const full = join(dir, 'files', normalize(`/${path}`));
  if (!existsSync(full) || !statSync(full).isFile()) {
    res.writeHead(404);
    return res.end();
  }
  res.writeHead(200);
  createReadStream(full).pipe(res);
}

/** A WebSocket that sends back what it gets, with the handshake of RFC 6455 and small frames only. */
function upgrade(/** @type {any} */ req, /** @type {any} */ socket, /** @type {Buffer} */ head) {
  note({ kind: 'upgrade', host: req.headers.host, protocol: req.headers.upgrade });
  const key = `${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  // The first frame goes out at once, in the same packet if it can.
  socket.write(frame(Buffer.from('welcome')));
  if (head.length > 0) socket.unshift(head);
  socket.on('error', () => undefined);
  socket.on('data', (/** @type {Buffer} */ data) => {
    const length = (data[1] ?? 0) & 127;
    const mask = data.subarray(2, 6);
    const text = data.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    socket.write(frame(Buffer.concat([Buffer.from('echo '), text])));
  });
}

/** @param {Buffer} payload */
function frame(payload) {
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

const http = createHttp(answer).on('upgrade', upgrade);
const https = createSecureServer({ ...tls, allowHTTP1: true }, answer).on('upgrade', upgrade);
const echo = createServer({ allowHalfOpen: true }, (socket) => {
  note({ kind: 'echo', to: socket.localAddress });
  socket.on('error', () => undefined);
  if (socket.localPort === 9001) socket.write('220 I speak first\n');
  /** @type {Buffer[]} */
  const all = [];
  socket.on('data', (chunk) => {
    if (socket.localPort === 9000) all.push(chunk);
    else if (socket.localPort !== 9003) socket.write(chunk);
  });
  // Port 9000 answers when the other side has said all it has to say.
  socket.on('end', () => socket.end(Buffer.concat([Buffer.from('echo '), ...all])));
});
/** Says a datagram back. @param {'udp4' | 'udp6'} type @param {string} address */
function echoDatagrams(type, address) {
  const socket = createSocket(type);
  socket.on('message', (message, from) => {
    note({ kind: 'datagram', to: address });
    socket.send(message, from.port, from.address);
  });
  return new Promise((done) => socket.bind(9004, address, () => done(undefined)));
}

/** A company's proxy: asked for `http://host/…`, or for a way through to port 443 and no other. */
const proxy = createHttp((req, res) => {
  note({ kind: 'proxied', url: req.url, authorization: req.headers['proxy-authorization'] });
  req.url = new URL(req.url ?? '').pathname;
  answer(req, res);
}).on('connect', (req, socket) => {
  note({ kind: 'tunnel', url: req.url, authorization: req.headers['proxy-authorization'] });
  if (!/:443$/u.test(req.url ?? '')) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  const way = connect(443, '198.51.100.20', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    way.pipe(socket).pipe(way);
  });
  for (const one of [way, socket]) one.on('error', () => undefined);
});
for (const server of [http, https, proxy]) {
  server.on('error', (error) => note({ kind: 'error', error: String(error) }));
}

const host = role === 'world' ? '::' : undefined;
await Promise.all([
  new Promise((done) => http.listen(80, host, () => done(undefined))),
  new Promise((done) => https.listen(443, host, () => done(undefined))),
  new Promise((done) => proxy.listen(3128, host, () => done(undefined))),
  ...[9000, 9001, 9002, 9003].map(
    (port) =>
      new Promise((done) => {
        const server = createServer({ allowHalfOpen: true }, (one) => echo.emit('connection', one));
        server.listen(port, host, () => done(undefined));
      }),
  ),
  ...(role === 'world'
    ? [
        serveNames(note),
        echoDatagrams('udp4', '198.51.100.10'),
        echoDatagrams('udp6', '2001:db8:77::10'),
      ]
    : []),
]);
writeFileSync(`${dir}/${role}.ready`, '');
