// @ts-check
/**
 * A model API of the suite's own: HTTPS on loopback, four protocols, one scripted task. It runs inside a
 * session's network namespace, so that nothing but the session can reach it.
 *
 * Arguments: port, directory with key.pem and cert.pem, project directory inside, the key that a request
 * must carry, file for a line of JSON about each request.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import * as anthropic from './anthropic.mjs';
import * as gemini from './gemini.mjs';
import * as chat from './openai-chat.mjs';
import * as responses from './openai-responses.mjs';

const [port = '', tls = '', dir = '', key = '', log = ''] = process.argv.slice(2);
const PROTOCOLS = [anthropic, chat, responses, gemini];

const server = createServer(
  { key: readFileSync(`${tls}/key.pem`), cert: readFileSync(`${tls}/cert.pem`) },
  (request, reply) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => respond(request, reply, Buffer.concat(chunks).toString()));
  },
);

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} reply
 * @param {string} text
 */
function respond(request, reply, text) {
  const { pathname = '/' } = new URL(request.url ?? '/', 'https://localhost');
  const { headers } = request;
  const given = [headers['x-api-key'], headers['x-goog-api-key'], headers.authorization];
  const isAuthorised = given.some((value) => value === key || value === `Bearer ${key}`);
  const protocol = PROTOCOLS.find(({ isMine }) => isMine(pathname));
  /** @type {any} */
  let answer = {};
  if (protocol !== undefined && isAuthorised) {
    answer = protocol.answer(pathname, JSON.parse(text || '{}'), dir);
  }
  const line = {
    path: pathname,
    isAuthorised,
    isKnown: protocol !== undefined,
    results: (answer.results ?? []).map((/** @type {unknown} */ result) => JSON.stringify(result)),
  };
  appendFileSync(log, `${JSON.stringify(line)}\n`);
  if (!isAuthorised) {
    reply.writeHead(401, { 'content-type': 'application/json' });
    reply.end(JSON.stringify({ error: { type: 'authentication_error', message: 'no such key' } }));
  } else if (answer.events !== undefined) {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.end(answer.events.join(''));
  } else if (answer.json !== undefined) {
    reply.writeHead(200, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(answer.json));
  } else {
    reply.writeHead(404, { 'content-type': 'application/json' });
    reply.end(JSON.stringify({ error: { type: 'not_found_error', message: 'no such path' } }));
  }
}

server.listen(Number(port), '127.0.0.1', () => appendFileSync(log, '{"path":"listening"}\n'));
