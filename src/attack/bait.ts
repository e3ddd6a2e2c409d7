import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What the attacks are made on: nothing of the user's. */
export interface Bait {
  /** Project of the throw-away session, with files that hosts execute and files that are secret */
  readonly project: string;
  /** Directory of the host beside it, which the session has no business with */
  readonly canaryDir: string;
  /** File in there */
  readonly canary: string;
  /** Value of variables in ct's environment that must not cross */
  readonly needle: string;
  /** Content of the project's secret files */
  readonly hidden: string;
  remove(): void;
}

/** What a host executes or obeys; the attempts of the group `project` go for these. */
export const PROTECTED: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/config': '[core]\n\trepositoryformatversion = 0\n\tbare = false\n',
  '.git/hooks/pre-commit': '#!/bin/sh\nexit 0\n',
  '.git/modules/sub/HEAD': 'ref: refs/heads/main\n',
  '.git/modules/sub/config': '[core]\n\tbare = false\n',
  '.git/modules/sub/hooks/pre-commit': '#!/bin/sh\nexit 0\n',
  '.vscode/tasks.json': '{"version": "2.0.0", "tasks": []}\n',
  '.envrc': '# nothing\n',
  '.mcp.json': '{"mcpServers": {}}\n',
};

/** The same class, not there when the session starts. */
export const PROTECTED_MISSING: readonly string[] = [
  '.git/hooks/post-checkout',
  '.git/modules/sub/hooks/post-checkout',
  '.husky/pre-push',
  '.idea/workspace.xml',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.devcontainer/devcontainer.json',
];

/** Files whose content must not be seen inside. `#` stands for the secret. */
const SECRET_FILES: Readonly<Record<string, string>> = {
  '.env': 'TOKEN=#\n',
  '.env.production': 'TOKEN=#\n',
  'deploy/id_ed25519':
    '-----BEGIN OPENSSH PRIVATE KEY-----\n#\n-----END OPENSSH PRIVATE KEY-----\n',
  'deploy/tls.key': '-----BEGIN PRIVATE KEY-----\n#\n-----END PRIVATE KEY-----\n',
};

/**
 * Lays the bait in a new directory below `home`: directories of ct's own may not be projects, and those
 * that all accounts share may not be mounted everywhere.
 */
export function layBait(home: string): Bait {
  const base = mkdtempSync(`${home}/ct-attack-`);
  const bait = {
    project: join(base, 'project'),
    canaryDir: join(base, 'outside'),
    canary: join(base, 'outside', 'secret'),
    needle: `ctcanary-${randomBytes(12).toString('hex')}`,
    hidden: `ctcanary-${randomBytes(12).toString('hex')}`,
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
  write(bait.canary, `${randomBytes(24).toString('hex')}\n`);
  for (const [path, text] of Object.entries(PROTECTED)) write(join(bait.project, path), text);
  for (const [path, text] of Object.entries(SECRET_FILES)) {
    write(join(bait.project, path), text.replace('#', bait.hidden));
  }
  return bait;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

/** A directory as text a line: kind, path, and what identifies the content. No link is followed. */
export function snapshot(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (dir: string, prefix: string): void => {
    for (const { name } of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, name);
      const stat = lstatSync(path);
      found.set(`${prefix}${name}`, identify(path, stat));
      if (stat.isDirectory()) visit(path, `${prefix}${name}/`);
    }
  };
  visit(root, '');
  return found;
}

function identify(path: string, stat: ReturnType<typeof lstatSync>): string {
  if (stat === undefined) return 'gone';
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (stat.isDirectory()) return 'directory';
  if (!stat.isFile()) return 'special';
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  return `file ${stat.size} ${digest}`;
}
