import { describe, expect, it } from 'vitest';
import {
  chooseImage,
  platformOf,
  readDocument,
  type RegistryDocument,
} from '../../../src/engine/registry/manifest.ts';

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';
const digest = `sha256:${'b'.repeat(64)}`;
const of = (mediaType: string, more: object = {}) => ({ mediaType, digest, size: 7, ...more });

const plain = {
  schemaVersion: 2,
  mediaType: `${OCI}.manifest.v1+json`,
  config: of(`${OCI}.config.v1+json`),
  layers: [of(`${OCI}.layer.v1.tar+gzip`)],
};

function read(document: unknown, type = `${OCI}.manifest.v1+json`): RegistryDocument {
  return readDocument('a.b', Buffer.from(JSON.stringify(document)), type);
}

describe('a manifest', () => {
  it("is OCI's or Docker's", () => {
    expect(read(plain)).toEqual({ kind: 'image', config: plain.config, layers: plain.layers });
    const docker = {
      mediaType: `${DOCKER}.distribution.manifest.v2+json`,
      config: of(`${DOCKER}.container.image.v1+json`),
      layers: [of(`${DOCKER}.image.rootfs.diff.tar.gzip`)],
    };
    expect(read(docker, docker.mediaType)).toMatchObject({ kind: 'image' });
  });

  it.each<[string, object, string, RegExp, string]>([
    ['index as well', { ...plain, manifests: [] }, '', /an index too/u, 'failed_precondition'],
    [
      'of two types',
      { ...plain, mediaType: `${OCI}.index.v1+json` },
      '',
      /of two types/u,
      'failed_precondition',
    ],
    [
      'no index',
      { ...plain, mediaType: undefined },
      `${OCI}.index.v1+json`,
      /no application.*index/u,
      'failed_precondition',
    ],
    [
      'of an old kind',
      { schemaVersion: 1, fsLayers: [] },
      `${DOCKER}.distribution.manifest.v1+prettyjws`,
      /prettyjws/u,
      'unsupported',
    ],
    ['no manifest', {}, 'text/html', /text\/html/u, 'unsupported'],
    [
      'with a zstd layer',
      { ...plain, layers: [of(`${OCI}.layer.v1.tar+zstd`)] },
      '',
      /packed with zstd/u,
      'unsupported',
    ],
    [
      'with a type like a path',
      { ...plain, layers: [of('../../../etc/passwd\u001b[2J')] },
      '',
      /\.\.\/etc\/passwd\\e\[2J/u,
      'unsupported',
    ],
    [
      'with a layer from elsewhere',
      {
        ...plain,
        layers: [of(`${DOCKER}.image.rootfs.foreign.diff.tar.gzip`, { urls: ['https://x.y'] })],
      },
      '',
      /foreign/u,
      'unsupported',
    ],
    [
      'with another configuration',
      { ...plain, config: of('application/vnd.cncf.helm.config.v1+json') },
      '',
      /helm/u,
      'unsupported',
    ],
    [
      'without a digest',
      { ...plain, layers: [of(`${OCI}.layer.v1.tar`, { digest: 'sha256:../x' })] },
      '',
      /without digest/u,
      'failed_precondition',
    ],
    [
      'with less than nothing',
      { ...plain, layers: [of(`${OCI}.layer.v1.tar`, { size: -1 })] },
      '',
      /without digest/u,
      'failed_precondition',
    ],
    [
      'of too many layers',
      { ...plain, layers: Array.from({ length: 128 }, () => of(`${OCI}.layer.v1.tar`)) },
      '',
      /128 layers/u,
      'unsupported',
    ],
    ['of nothing', { ...plain, config: null, layers: null }, '', /without/u, 'failed_precondition'],
  ])('%s is refused', (_title, document, type, says, code) => {
    const reading = () => read(document, type === '' ? undefined : type);
    expect(reading).toThrow(says);
    expect(reading).toThrowError(expect.objectContaining({ code }));
  });

  it('that is no JSON is refused', () => {
    expect(() => readDocument('a.b', Buffer.from('<html>'), 'text/html')).toThrow(/no JSON/u);
  });
});

describe('an index', () => {
  const entry = (architecture: string, last: string) =>
    of(plain.mediaType, {
      digest: `sha256:${last.repeat(64)}`,
      platform: { os: 'linux', architecture },
    });
  const type = `${OCI}.index.v1+json`;
  const index = read(
    {
      mediaType: type,
      manifests: [
        entry('s390x', '1'),
        entry('amd64', '2'),
        entry('arm64', '3'),
        of('application/vnd.in-toto+json'),
      ],
    },
    type,
  ) as Extract<RegistryDocument, { kind: 'index' }>;

  it('leads to the image for this host', () => {
    expect(chooseImage('a.b', index, platformOf('x64')).digest).toContain('222');
    expect(chooseImage('a.b', index, platformOf('arm64')).digest).toContain('333');
  });

  it('without one for this host says for what there are some', () => {
    expect(() => chooseImage('a.b', index, platformOf('riscv64'))).toThrow(
      /no image for linux\/riscv64, but for: linux\/s390x, linux\/amd64, linux\/arm64/u,
    );
  });
});
