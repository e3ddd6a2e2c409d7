import { describe, expect, it } from 'vitest';
import { findLogin } from '../../../src/engine/registry/credentials.ts';
import { scratch, put } from '../../support/scratch.ts';
import { accountIn } from './fake-registry.ts';

const auth = (login: string): { auth: string } => ({ auth: Buffer.from(login).toString('base64') });
const file = (content: unknown): string => JSON.stringify(content);

describe('a login for a registry', () => {
  it('is taken from the first file that has one', () => {
    const dir = scratch();
    const account = accountIn(dir, { XDG_CONFIG_HOME: `${dir}/config`, DOCKER_CONFIG: `${dir}/d` });
    const find = () => findLogin('a.b:5000', 'c/d', account).credentials;
    expect(find()).toBeUndefined();
    put(dir, { 'd/config.json': file({ auths: { 'a.b:5000': auth('docker:1') } }) });
    expect(find()).toEqual({ kind: 'password', user: 'docker', password: '1' });
    put(dir, { 'config/containers/auth.json': file({ auths: { 'a.b:5000': auth('config:2') } }) });
    expect(find()).toMatchObject({ user: 'config' });
    put(dir, { 'run/containers/auth.json': file({ auths: { 'a.b:5000': auth('run:3:4') } }) });
    expect(find()).toEqual({ kind: 'password', user: 'run', password: '3:4' });
  });

  it('is taken from the file that REGISTRY_AUTH_FILE names, and from no other', () => {
    const dir = scratch({ 'run/containers/auth.json': file({ auths: { 'a.b': auth('run:3') } }) });
    const account = accountIn(dir, { REGISTRY_AUTH_FILE: `${dir}/named.json` });
    expect(findLogin('a.b', 'c', account).credentials).toBeUndefined();
    put(dir, { 'named.json': file({ auths: { 'a.b': auth('named:5') } }) });
    expect(findLogin('a.b', 'c', account).credentials).toMatchObject({ user: 'named' });
  });

  it('is the one with the longest name, and never that of another registry', () => {
    const auths = {
      'a.b': auth('all:1'),
      'a.b/c': auth('space:2'),
      'a.b/c/d': auth('repository:3'),
      'https://index.docker.io/v1/': auth('hub:4'),
    };
    const dir = scratch({ 'run/containers/auth.json': file({ auths }) });
    const user = (registry: string, repository: string): unknown =>
      findLogin(registry, repository, accountIn(dir)).credentials;
    expect(user('a.b', 'c/d')).toMatchObject({ user: 'repository' });
    expect(user('a.b', 'c/x/y')).toMatchObject({ user: 'space' });
    expect(user('a.b', 'cc')).toMatchObject({ user: 'all' });
    expect(user('docker.io', 'library/debian')).toMatchObject({ user: 'hub' });
    expect(user('a.b:5000', 'c')).toBeUndefined();
    expect(user('evil.a.b', 'c')).toBeUndefined();
  });

  it('may be a token, or be kept by a program that is not asked', () => {
    const content = {
      auths: { 'a.b': { identitytoken: 'refresh-me' }, 'c.d': {} },
      credHelpers: { 'c.d': 'pass' },
    };
    const dir = scratch({ 'run/containers/auth.json': file(content) });
    expect(findLogin('a.b', 'x', accountIn(dir)).credentials).toEqual({
      kind: 'refresh',
      token: 'refresh-me',
    });
    expect(findLogin('c.d', 'x', accountIn(dir))).toEqual({
      credentials: undefined,
      helper: 'pass',
    });
  });

  it('in a file that cannot be read is an error without its text', () => {
    const dir = scratch({ 'run/containers/auth.json': '{"auths":{"a.b":{"auth":"c2VjcmV0" ' });
    const find = () => findLogin('a.b', 'x', accountIn(dir));
    expect(find).toThrow(/auth\.json: it is no JSON/u);
    expect(find).not.toThrow(/c2VjcmV0/u);
  });
});
