import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../src/engine/registry/account.ts';
import { openRemoteImage } from '../../../src/engine/registry/remote-image.ts';
import { scratch } from '../../support/scratch.ts';
import {
  accountIn,
  digestOf,
  makeCertificate,
  put,
  putManifest,
  startFake,
  trust,
  write,
  type FakeRegistry,
  type Meddler,
} from './fake-registry.ts';

const directory = scratch();
const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
let registry: FakeRegistry;
let account: Account;

beforeAll(() => makeCertificate(directory));
beforeEach(async () => {
  registry = await startFake(directory);
  account = accountIn(`${directory}/${registry.host}`);
  trust(account, directory, registry.host);
});
afterEach(() => registry.close());

const open = (name: string, who = account) =>
  openRemoteImage(`${registry.host}/${name}`, who, undefined);

/** Fetches an image to its last byte; gives how long each layer is. */
async function fetchAll(name: string, who = account): Promise<readonly number[]> {
  const image = await open(name, who);
  try {
    const sizes: number[] = [];
    for (const layer of image.layers) {
      let size = 0;
      for await (const piece of layer.fetch()) size += (piece as Buffer).length;
      sizes.push(size);
    }
    return sizes;
  } finally {
    image.close();
  }
}

const tars = [Buffer.from('one'), Buffer.from('two'.repeat(10_000))];
const isFor = (part: string, { url = '' }: IncomingMessage): boolean => url.includes(part);
const no = (response: ServerResponse, status: number, headers: Record<string, string> = {}) => {
  response.writeHead(status, headers).end('{"errors":[{"message":"you shall not pass"}]}');
  return true;
};

describe('an image in a registry', () => {
  it('is found by its tag and by its digest, with everything that belongs to it', async () => {
    const digest = put(registry, 'a/b', '1', { tars });
    const { layers, config } = await open('a/b:1');
    expect(layers.map(({ diffId }) => diffId)).toEqual(tars.map(digestOf));
    expect(config['rootfs']).toMatchObject({ diff_ids: tars.map(digestOf) });
    const sizes = layers.map(({ size }) => size);
    expect(await fetchAll('a/b:1')).toEqual(sizes);
    expect(await fetchAll(`a/b@${digest}`)).toEqual(sizes);
  });

  it('is the one of an index that runs here', async () => {
    const digest = put(registry, 'a/b', '1', { tars });
    const size = registry.things.get('a/b/manifests/1')?.body.length;
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const entry = { mediaType: MANIFEST, digest, size };
    const manifests = [
      { ...entry, digest: digestOf(Buffer.of()), platform: { os: 'linux', architecture: 's390x' } },
      { ...entry, platform: { os: 'linux', architecture } },
    ];
    putManifest(registry, 'a/b/manifests/2', { mediaType: INDEX, manifests }, INDEX);
    expect(await fetchAll('a/b:2')).toHaveLength(2);
    // A registry may close a connection that idled: nobody notices.
    const used = new Set<unknown>();
    registry.meddle(({ socket }) => {
      if (!used.has(socket)) return used.add(socket) === undefined;
      socket.destroy();
      return true;
    });
    expect(await fetchAll('a/b:2')).toHaveLength(2);
    expect(used.size).toBe(5);
    registry.meddle(() => false);
    const wrongSize = manifests.map((one) => ({ ...one, size: 7 }));
    putManifest(registry, 'a/b/manifests/3', { mediaType: INDEX, manifests: wrongSize }, INDEX);
    await expect(fetchAll('a/b:3')).rejects.toThrow(/digest of the manifest/u);
  });

  it('that is not there is named as with Podman', async () => {
    await expect(open('a/b:1')).rejects.toMatchObject({
      code: 'not_found',
      message: `${registry.host} says: manifest unknown (404)`,
      details: { missing: 'reference' },
    });
  });

  it('is not asked for where the certificate is nobody’s', async () => {
    const stranger = accountIn(`${directory}/stranger`);
    await expect(open('a/b:1', stranger)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/certificate of localhost:\d+ is not accepted/u),
      hint: expect.stringContaining(`certs.d/${registry.host}/ca.crt`),
    });
    expect(registry.asked).toEqual([]);
  });

  const twin = (text: string) => Buffer.from(JSON.stringify({ mediaType: MANIFEST, text }));
  it.each<[string, Meddler, RegExp]>([
    [
      'a manifest of another digest',
      (_request, response) => {
        const headers = { 'content-type': MANIFEST };
        response.writeHead(200, { ...headers, 'docker-content-digest': digestOf(twin('x')) });
        return response.end(twin('y')) !== undefined;
      },
      /digest of the manifest is another one/u,
    ],
    [
      'a manifest without end',
      (_request, response) => {
        response.writeHead(200, { 'content-type': MANIFEST });
        const more = (): void => void response.write('x'.repeat(1024 * 1024), more);
        more();
        return true;
      },
      /more than 4194304 bytes/u,
    ],
    [
      'redirects without end',
      (request, response) => no(response, 307, { location: `${request.url}x` }),
      /one redirect after the other/u,
    ],
    [
      'a redirect to where nothing is protected',
      (_request, response) => no(response, 307, { location: 'http://localhost:1/x?sig=123' }),
      /a redirect to http:\/\/localhost:1$/u,
    ],
    [
      'a redirect to a file',
      (_request, response) => no(response, 307, { location: 'file:///etc/passwd' }),
      /a redirect to file:/u,
    ],
  ])('is refused when the registry gives %s', async (_title, meddler, says) => {
    registry.meddle(meddler);
    await expect(open('a/b:1')).rejects.toThrow(says);
  });

  it('whose configuration does not go with its layers is refused', async () => {
    put(registry, 'a/b', '1', { tars, config: { rootfs: { diff_ids: [] } } });
    await expect(open('a/b:1')).rejects.toThrow(/has 2 layers, and its configuration 0/u);
    for (const config of [
      { Env: 'A=b' },
      { Env: [1] },
      { Labels: ['x'] },
      { Labels: { x: 1 } },
      7,
    ]) {
      put(registry, 'a/b', '3', { tars, config: { config } });
      await expect(open('a/b:3')).rejects.toThrow(/a configuration that is none/u);
    }
    put(registry, 'a/b', '2', { tars, config: { architecture: 's390x' } });
    await expect(open('a/b:2')).rejects.toThrow(/no image for .*, but for: linux\/s390x/u);
  });

  it('stops coming when the user stops it', async () => {
    put(registry, 'a/b', '1', { tars });
    registry.meddle((request) => isFor('/manifests/', request));
    const stop = new AbortController();
    const opening = openRemoteImage(`${registry.host}/a/b:1`, account, stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a login', () => {
  const password = 'pa55word-of-mine';
  const basic = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
  const logIn = (host: string): void => {
    const auth = Buffer.from(`me:${password}`).toString('base64');
    write(account, 'auth.json', JSON.stringify({ auths: { [host]: { auth } } }));
  };

  /** Lets in who has `token`, and sends the others to `realm`. */
  const bearer =
    (token: string, realm: string): Meddler =>
    (request, response) => {
      if (isFor('/v2/', request) && request.headers.authorization !== `Bearer ${token}`) {
        const challenge = `Bearer realm="${realm}",service="s",scope="repository:a/b:pull,push,*"`;
        return no(response, 401, { 'www-authenticate': challenge });
      }
      if (!isFor('/token', request)) return false;
      response.end(JSON.stringify({ token: `for-${request.headers.authorization ?? 'nobody'}` }));
      return true;
    };

  it('is not needed for a token that anybody gets', async () => {
    put(registry, 'a/b', '1', { tars });
    registry.meddle(bearer('for-nobody', `https://${registry.host}/token`));
    expect(await fetchAll('a/b:1')).toHaveLength(2);
    const asked = registry.asked.filter(({ path }) => path.startsWith('/token'));
    expect(asked.map(({ path }) => path)).toEqual([
      '/token?service=s&scope=repository%3Aa%2Fb%3Apull',
    ]);
  });

  it('goes to the token server, and the token to the registry', async () => {
    put(registry, 'a/b', '1', { tars });
    logIn(registry.host);
    registry.meddle((request, response) => {
      const token = 'for-me';
      if (isFor('/token', request)) {
        const isMe = request.headers.authorization === basic;
        return isMe ? response.end(JSON.stringify({ token })) !== undefined : no(response, 401);
      }
      return bearer(token, `https://${registry.host}/token`)(request, response);
    });
    expect(await fetchAll('a/b:1')).toHaveLength(2);
    expect(registry.asked.filter(({ authorization }) => authorization === basic)).toHaveLength(1);
  });

  it('goes to the registry itself where that asks for it', async () => {
    put(registry, 'a/b', '1', { tars });
    registry.meddle(
      (request, response) =>
        request.headers.authorization !== basic &&
        no(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
    );
    await expect(open('a/b:1')).rejects.toMatchObject({
      code: 'unauthenticated',
      hint: expect.stringContaining(`podman login ${registry.host} `),
    });
    logIn(registry.host);
    expect(await fetchAll('a/b:1')).toHaveLength(2);
  });

  it('that is refused once is not tried for ever, and is in no message', async () => {
    logIn(registry.host);
    registry.meddle((request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' });
      const said = `no: ${password} ${request.headers.authorization ?? ''}`;
      return response.end(JSON.stringify({ errors: [{ message: said }] })) !== undefined;
    });
    const error: Error = await open('a/b:1').then(
      () => new Error('opened'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'unauthenticated' });
    const shown = `${error.message} ${JSON.stringify(error)}`;
    expect(shown).toContain('no: *** Basic ***');
    expect(shown).not.toContain(password);
    expect(shown).not.toContain(basic.slice(6));
    expect(registry.asked).toHaveLength(2);
  });

  it('is not sent for a token to where nothing is protected', async () => {
    logIn(registry.host);
    registry.meddle(bearer('x', 'http://localhost:1/token'));
    await expect(open('a/b:1')).rejects.toThrow(/sends to 'http:\/\/localhost:1\/token'/u);
  });

  it('does not follow a redirect to another host', async () => {
    const other = await startFake(directory);
    try {
      put(registry, 'a/b', '1', { tars });
      put(other, 'a/b', '1', { tars });
      logIn(registry.host);
      registry.meddle((request, response) => {
        if (request.headers.authorization !== basic) {
          return no(response, 401, { 'www-authenticate': 'Basic realm="x"' });
        }
        const location = `https://${other.host}${request.url}`;
        return isFor('/blobs/', request) && no(response, 307, { location });
      });
      expect(await fetchAll('a/b:1')).toHaveLength(2);
      expect(other.asked.length).toBe(3);
      expect(other.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
      // Nor does a login go to whoever asks for one there.
      other.meddle((_request, response) => no(response, 401, { 'www-authenticate': 'Basic x=y' }));
      await expect(fetchAll('a/b:1')).rejects.toThrow(/where a login is wanted/u);
      expect(other.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('may be a refresh token, which is posted', async () => {
    put(registry, 'a/b', '1', { tars });
    const auths = { [registry.host]: { identitytoken: 'refresh-me' } };
    write(account, 'auth.json', JSON.stringify({ auths }));
    let form = '';
    registry.meddle((request, response) => {
      if (!isFor('/token', request)) {
        return bearer('fresh', `https://${registry.host}/token`)(request, response);
      }
      request.on('data', (chunk: Buffer) => (form += chunk.toString()));
      request.on('end', () => response.end(JSON.stringify({ access_token: 'fresh' })));
      return true;
    });
    expect(await fetchAll('a/b:1')).toHaveLength(2);
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      ...{ service: 's', scope: 'repository:a/b:pull' },
      ...{ grant_type: 'refresh_token', client_id: 'ct', refresh_token: 'refresh-me' },
    });
  });

  it('that a program keeps is named where one is needed', async () => {
    write(account, 'auth.json', JSON.stringify({ credsStore: 'secretservice' }));
    registry.meddle((_request, response) =>
      no(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
    );
    await expect(open('a/b:1')).rejects.toMatchObject({
      code: 'unauthenticated',
      hint: expect.stringContaining('docker-credential-secretservice'),
    });
  });
});

describe('the way to a registry', () => {
  let plain: Server;
  beforeEach(async () => {
    plain = createServer((_request, response) => void response.writeHead(404).end('{}'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => plain.close());
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  it('is plain HTTP only where the user said that it may be', async () => {
    const host = `localhost:${portOf(plain)}`;
    const pull = openRemoteImage(`${host}/a/b:1`, account, undefined);
    await expect(pull).rejects.toMatchObject({
      message: `${host} does not speak TLS`,
      hint: expect.stringContaining('insecure = true'),
    });
    write(account, 'registries.conf', `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
    const again = openRemoteImage(`${host}/a/b:1`, account, undefined);
    await expect(again).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leads to mirrors first, and to the registry when they have nothing', async () => {
    put(registry, 'own/a/b', '1', { tars });
    write(
      account,
      'registries.conf',
      `[[registry]]
prefix = "registry.test"
location = "${registry.host}/own"
[[registry.mirror]]
location = "localhost:${portOf(plain)}/none"
insecure = true
[[registry.mirror]]
location = "localhost:1/away"
`,
    );
    const image = await openRemoteImage('registry.test/a/b:1', account, undefined);
    expect(image.layers).toHaveLength(2);
    image.close();
  });

  it("leads through the host's proxy, by the registry's name", async () => {
    put(registry, 'a/b', '1', { tars });
    const asked: string[] = [];
    plain.on('connect', ({ url = '' }: IncomingMessage, socket) => {
      asked.push(url);
      const port = Number(registry.host.split(':')[1]);
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => undefined);
      socket.on('error', () => undefined);
    });
    const env = { https_proxy: `http://localhost:${portOf(plain)}` };
    trust(account, directory, 'registry.test');
    const image = await openRemoteImage('registry.test/a/b:1', { ...account, env }, undefined);
    expect(image.layers).toHaveLength(2);
    image.close();
    expect(new Set(asked)).toEqual(new Set(['registry.test:443']));
  });
});
