import { randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Who gets a token for what. */
export interface TokenRules {
  /** `user:password` that may do everything */
  readonly login: string;
  /** Repository that anybody may read */
  readonly open: string;
}

/** A token server on loopback, in front of docker-registry. */
export interface TokenServer {
  readonly realm: string;
  close(): Promise<void>;
}

/**
 * Starts one that signs with the key of the certificate in `directory`. A wrong login gets no token; none
 * at all gets one that is good for the open repository.
 *
 * Source: distribution, "Docker Registry v2 Bearer token specification"
 */
export async function startTokenServer(directory: string, rules: TokenRules): Promise<TokenServer> {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(`${directory}/${name}`));
  const server = createServer({ cert, key }, (request, response) => {
    const query = new URL(request.url ?? '', 'https://localhost').searchParams;
    const [, packed = ''] = /^Basic (.*)$/u.exec(request.headers.authorization ?? '') ?? [];
    const login = Buffer.from(packed, 'base64').toString();
    if (login !== '' && login !== rules.login) {
      const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required' }];
      return void response.writeHead(401).end(JSON.stringify({ errors }));
    }
    const access = query.getAll('scope').flatMap((scope) => granted(scope, login, rules));
    const token = tokenFor({ aud: query.get('service'), access }, { cert, key });
    response.end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `https://localhost:${(server.address() as AddressInfo).port}/token`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function granted(scope: string, login: string, rules: TokenRules): readonly object[] {
  const [type, name, actions = ''] = scope.split(':');
  const asked = actions.split(',');
  const given = login === rules.login ? asked : name === rules.open ? ['pull'] : [];
  return [{ type, name, actions: given.filter((action) => asked.includes(action)) }];
}

/** Source: RFC 7515, RFC 7518 section 3.4 */
function tokenFor(
  claims: object,
  { cert, key }: { readonly cert: Buffer | undefined; readonly key: Buffer | undefined },
): string {
  const seconds = Math.floor(Date.now() / 1000);
  const x5c = [new X509Certificate(cert ?? '').raw.toString('base64')];
  const parts = [
    { typ: 'JWT', alg: 'ES256', x5c },
    {
      ...{ iss: 'test', sub: 'test', jti: randomBytes(8).toString('hex') },
      ...{ iat: seconds, nbf: seconds - 10, exp: seconds + 300 },
      ...claims,
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = parts.join('.');
  const signer = { key: key ?? '', dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${sign('sha256', Buffer.from(text), signer).toString('base64url')}`;
}
