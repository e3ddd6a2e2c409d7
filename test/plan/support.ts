import type { Facts } from '../../src/plan/facts.ts';

/** A host and a project to plan for. */
export const facts: Facts = {
  vainNames: [],
  instance: '0123456789abcdef',
  owner: {
    pid: 4711,
    startTicks: '123456',
    bootId: '0f9d5c6e-0000-4000-8000-0123456789ab',
    pidNamespace: '4026531836',
  },
  project: {
    dir: '/home/someone/work/my project',
    inode: '1:2',
    protected: [
      { path: '/home/someone/work/my project/.husky', kind: 'missing', inode: '' },
      { path: '/home/someone/work/my project/.vscode', kind: 'directory', inode: '1:3' },
    ],
    git: { kind: 'none' },
    hidden: [{ path: '/home/someone/work/my project/.env', kind: 'file', inode: '1:4' }],
    shown: [],
    tracked: [],
    isCutShort: false,
    remembered: [],
  },
  masks: {
    directory: {
      path: '/home/someone/.local/share/ct/masks/directory',
      kind: 'directory',
      inode: '1:5',
    },
    file: { path: '/home/someone/.local/share/ct/masks/file', kind: 'file', inode: '1:6' },
  },
  hasSelinux: false,
  homesDir: '/home/someone/.local/share/ct/homes',
  imageReference: 'localhost/ct/agent:0123456789abcdef',
  seccomp: {
    nodeArch: 'x64',
    dir: '/home/someone/.local/share/ct/seccomp',
    made: undefined,
    doubts: [],
  },
  authorities: { bundle: '/etc/ssl/certs/ca-certificates.crt', own: undefined },
  terminal: { stdinIsTty: true, stdoutIsTty: true },
  user: { env: {}, ignoreFile: undefined },
  hostEnv: { TERM: 'xterm-256color', COLORTERM: 'truecolor', TZ: 'Europe/Berlin' },
  secrets: { answers: {}, present: [] },
  powers: {
    seccomp: true,
    mappableIds: 65_537,
    controllers: ['cpu', 'memory', 'pids'],
    memoryBytes: 16 * 2 ** 30,
    processors: 8,
    openFiles: 524_288,
  },
  sessionId: 'cafe0123',
  ctVersion: '0.1.0',
};
