// @ts-check
/** Run inside a session with Node: clients that a shell has none of. Prints a line for each. */
import { connect } from 'node:http2';
import { request } from 'node:http';
import { readFileSync } from 'node:fs';

const ca = readFileSync('lab.pem', 'utf8');
const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

/** A unary gRPC call, spoken by hand: HTTP/2, a framed message, trailers. */
async function grpc() {
  const session = connect('https://www.example.test', { ca });
  const stream = session.request({
    ':method': 'POST',
    ':path': '/echo.Echo/Say',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
  let text = '';
  for await (const chunk of stream) text += chunk;
  session.close();
  const { host, bytes } = JSON.parse(text);
  say(`grpc ${host} ${bytes}`);
}

/** The server speaks right after its handshake, the client in the same packet as its own. */
async function webSocket() {
  await new Promise((done) => {
    const req = request({
      host: 'www.example.test',
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    req.on('upgrade', (_res, socket, head) => {
      let text = head.toString('latin1');
      const look = () => {
        if (!text.includes('echo hi')) return;
        say(`websocket ${/welcome/u.test(text)}`);
        socket.destroy();
        done(undefined);
      };
      socket.on('data', (/** @type {Buffer} */ data) => {
        text += data.toString('latin1');
        look();
      });
      socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, ...Buffer.from('hi')]));
      look();
    });
    req.end();
  });
}

/** Each event as it happens, not all at the end. */
async function events() {
  await new Promise((done) => {
    request({ host: 'www.example.test', path: '/events?n=4' }, (res) => {
      const times = /** @type {number[]} */ ([]);
      res.on('data', () => times.push(performance.now()));
      res.on('end', () => {
        const spread = (times.at(-1) ?? 0) - (times[0] ?? 0);
        say(`events ${times.length} ${spread > 400}`);
        done(undefined);
      });
    }).end();
  });
}

await grpc();
await webSocket();
await events();
