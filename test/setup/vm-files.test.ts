import { expect, test } from 'vitest';
import { BOOTS, ROOT_LINKS, rootFiles, vmScript } from '../../setup/vm-files.mjs';

const account = { name: 'ct-test', uid: 1000, gid: 1000, home: '/home/x', isSelf: false };

test('mounts the home and the tree, and lets the account linger', () => {
  const files = rootFiles(account);
  expect(files['/etc/fstab']).toMatch(/^\/dev\/vdb \S+\/home ext4/mu);
  expect(files['/etc/fstab']).toMatch(/^\/dev\/vdc \S+\/tree ext4/mu);
  expect(Object.keys(files)).toContain('/var/lib/systemd/linger/ct-test');
  expect(files['/etc/systemd/system/ct-test.service']).toContain('Wants=user@1000.service');
});

test('starts the tests at boot', () => {
  const wants = '/etc/systemd/system/multi-user.target.wants/ct-test.service';
  expect(ROOT_LINKS).toMatchObject({ [wants]: '../ct-test.service' });
});

test('resets the machine after the first tests, and ends it after the second', () => {
  const script = vmScript({ account }, (file) => ['run', file], '/r.json');
  const order = [...BOOTS.map((file) => `run ${file}`)].map((text) => script.indexOf(text));
  const reset = script.indexOf('echo b > /proc/sysrq-trigger');
  const off = script.indexOf('echo o > /proc/sysrq-trigger');
  expect([order[0], reset, order[1], off].every((at) => (at ?? -1) > 0)).toBe(true);
  expect([order[0], reset, order[1], off]).toEqual([...order, reset, off].sort((a, b) => a - b));
});

test('serves a home over NFS and loads the policy of SELinux in the second boot alone', () => {
  const script = vmScript({ account }, (file) => ['run', file], '/r.json');
  const [first = '', second = ''] = script.split('\nelse\n');
  expect(first).toMatch(/sed -i s\/disabled\/permissive\/ .*\n.*defcontext.*\n.*sysrq-trigger$/u);
  expect(first).not.toMatch(/nfs|setenforce/u);
  expect(second).toContain('exportfs -o rw,root_squash');
  expect(second).toMatch(/until \[ -e \S+\/enforce \];.* setenforce 1; rm \S+\/enforce/u);
  expect(rootFiles(account)['/etc/selinux/config']).toMatch(/^SELINUX=disabled$/mu);
});

test('keeps the boots short: what NFS brings along is started by hand, and nothing is labelled', () => {
  const place = '/etc/systemd/system';
  expect(ROOT_LINKS).toMatchObject({
    [`${place}/multi-user.target.wants/nfs-server.service`]: '/dev/null',
    [`${place}/selinux-autorelabel-mark.service`]: '/dev/null',
  });
});
