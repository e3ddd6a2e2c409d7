import { describe, expect, it } from 'vitest';
import {
  imageFromLibpod,
  infoFromLibpod,
  stateFromLibpod,
  summaryFromLibpod,
  volumeFromLibpod,
} from '../../../src/engine/podman/convert.ts';

describe('stateFromLibpod', () => {
  it.each([
    ['configured', 'created'],
    ['created', 'created'],
    ['initialized', 'initialized'],
    ['running', 'running'],
    ['paused', 'paused'],
    ['stopping', 'stopping'],
    ['stopped', 'exited'],
    ['exited', 'exited'],
    ['removing', 'removing'],
    ['something new', 'unknown'],
    [undefined, 'unknown'],
  ])('reads %s as %s', (word, status) => {
    const state = word === undefined ? {} : { Status: word };
    expect(stateFromLibpod({ State: state }).status).toBe(status);
  });

  it('reads what there is and survives what is missing', () => {
    expect(
      stateFromLibpod({
        Id: 'i',
        Name: 'n',
        Image: 'img',
        OCIConfigPath: '/s/userdata/config.json',
        State: { Status: 'exited', ExitCode: 37, OOMKilled: true },
        Config: { Tty: true, Labels: { a: 'b' } },
      }),
    ).toEqual({
      id: 'i',
      name: 'n',
      status: 'exited',
      pid: 0,
      exitCode: 37,
      oomKilled: true,
      terminal: true,
      labels: { a: 'b' },
      imageId: 'img',
      runtimeConfig: '/s/userdata/config.json',
    });
    expect(stateFromLibpod({ Config: { Labels: null } }).labels).toEqual({});
  });
});

describe('summaryFromLibpod', () => {
  it('takes dates as 4.3 and as seconds', () => {
    expect(summaryFromLibpod({ Created: '2026-11-20T23:09:04.996Z' }).createdMs).toBe(
      1795216144996,
    );
    expect(summaryFromLibpod({ Created: 1795216145 }).createdMs).toBe(1795216145000);
    expect(summaryFromLibpod({ Names: null, Labels: null })).toMatchObject({
      name: '',
      createdMs: 0,
    });
  });
});

describe('imageFromLibpod', () => {
  it('reads an inspected image and a listed one', () => {
    expect(
      imageFromLibpod({ Id: 'i', RepoTags: ['a:b'], Size: 3, Config: { Env: ['A=b'] } }),
    ).toEqual({
      id: 'i',
      references: ['a:b'],
      labels: {},
      sizeBytes: 3,
      createdMs: 0,
      env: ['A=b'],
      annotations: {},
    });
    expect(imageFromLibpod({ RepoTags: null, Config: null }).env).toEqual([]);
    expect(imageFromLibpod({ Annotations: null }).annotations).toEqual({});
    expect(imageFromLibpod({ Annotations: { a: 'b' } }).annotations).toEqual({ a: 'b' });
  });
});

describe('volumeFromLibpod', () => {
  it('reads name, directory and labels', () => {
    expect(volumeFromLibpod({ Name: 'v', Mountpoint: '/m', Labels: null })).toEqual({
      name: 'v',
      path: '/m',
      labels: {},
    });
  });
});

describe('infoFromLibpod', () => {
  it('never takes an engine that does not say for a rootless one', () => {
    expect(infoFromLibpod({}, 'unix:///s')).toMatchObject({ rootless: false, networkHelpers: [] });
  });

  it('names the network programs that are there', () => {
    const host = { slirp4netns: { executable: '/usr/bin/slirp4netns' }, pasta: { executable: '' } };
    expect(infoFromLibpod({ host }, 'unix:///s').networkHelpers).toEqual(['/usr/bin/slirp4netns']);
  });
});
