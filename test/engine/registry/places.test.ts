import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../src/engine/registry/places.ts';
import { parseReference } from '../../../src/engine/registry/reference.ts';
import { scratch, put } from '../../support/scratch.ts';
import { accountIn, write } from './fake-registry.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function places(toml: string, reference: string): readonly string[] {
  const account = accountIn(scratch());
  write(account, 'registries.conf', toml);
  return placesOf(parseReference(reference), account).map(
    ({ registry, repository, insecure }) =>
      `${registry} ${repository}${insecure ? ' insecure' : ''}`,
  );
}

describe('the places of an image', () => {
  it('are the registry itself where nothing else is said', () => {
    expect(places('unqualified-search-registries = ["x.y"]', 'a.b/c:1')).toEqual(['a.b c']);
  });

  it('are what the longest prefix says', () => {
    const toml = `
[[registry]]
location = "a.b"
insecure = true
[[registry]]
prefix = "a.b/c"
location = "in.house:5000/mirror"
`;
    expect(places(toml, 'a.b/x:1')).toEqual(['a.b x insecure']);
    expect(places(toml, 'a.b/c/d:1')).toEqual(['in.house:5000 mirror/d']);
    expect(places(toml, 'a.b/cd:1')).toEqual(['a.b cd insecure']);
    expect(places(toml, 'a.bc/d:1')).toEqual(['a.bc d']);
  });

  it('begin with mirrors, as far as those are for tags or digests', () => {
    const toml = `
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "mirror.one/hub"
insecure = true
[[registry.mirror]]
location = "mirror.two"
pull-from-mirror = "digest-only"
`;
    expect(places(toml, 'docker.io/debian')).toEqual([
      'mirror.one hub/library/debian insecure',
      'docker.io library/debian',
    ]);
    expect(places(toml, `docker.io/debian@${DIGEST}`)).toContain('mirror.two library/debian');
  });

  it('are none when it is blocked, also by a pattern or a file of registries.conf.d', () => {
    const toml = '[[registry]]\nprefix = "*.evil.test"\nblocked = true\n';
    expect(() => places(toml, 'a.evil.test/b')).toThrowError(
      expect.objectContaining({ code: 'permission_denied' }),
    );
    const dir = scratch();
    const account = accountIn(dir);
    put(dir, {
      'home/.config/containers/registries.conf.d/1.conf':
        '[[registry]]\nlocation = "a.b"\nblocked = true\n',
    });
    expect(() => placesOf(parseReference('a.b/c'), account)).toThrow(/registries.conf blocks a.b/u);
  });

  it('are none when the file cannot be read: it might block', () => {
    expect(() => places('[[registry', 'a.b/c')).toThrow(/it is no TOML/u);
  });
});
