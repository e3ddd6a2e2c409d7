import { describe, expect, it } from 'vitest';
import { exitNote, placesOf } from '../../../src/engine/podman/monitor.ts';

const ID = '3e5b9ae832e3ff4e85a';
/** As Podman 4.3 and 5.4 start it, shortened */
const CONMON = [
  ...['/usr/bin/conmon', '--api-version', '1', '-c', ID, '-u', ID, '-r', '/usr/bin/runc'],
  ...['-b', '/run/overlay-containers/x/userdata', '-n', 'ct-shell-1', '--exit-dir', '/run/exits'],
  ...['--full-attach', '-s', '-l', 'none', '--exit-command-arg', 'cleanup', ''],
];

describe('the monitor of a container', () => {
  it('is found by its program and the container that it watches over', () => {
    const places = { exits: '/run/exits', bundle: '/run/overlay-containers/x/userdata' };
    expect(placesOf(CONMON, ID)).toEqual(places);
    expect(placesOf(CONMON, 'another')).toBeUndefined();
    expect(placesOf(['/usr/bin/bash', ...CONMON.slice(1)], ID)).toBeUndefined();
    expect(placesOf([], ID)).toBeUndefined();
  });

  it.each(['--exit-dir', '-b'])('is of no use without %s', (option) => {
    const at = CONMON.indexOf(option);
    expect(placesOf(CONMON.toSpliced(at, 2), ID)).toBeUndefined();
    expect(placesOf(CONMON.with(at + 1, 'relative'), ID)).toBeUndefined();
  });

  it('is not looked for above a process of somebody else, or that has ended', () => {
    expect(exitNote(ID, process.pid)).toBeUndefined();
    expect(exitNote(ID, 2 ** 22)).toBeUndefined();
  });
});
