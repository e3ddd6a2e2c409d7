import { PATHS } from '../base/layout.ts';
import { isTable, mergeMissing } from './strip.ts';

/** Of `~/.claude.json`, which is mostly logins, caches and counters: what a user has set himself. */
const KEPT = new Set([
  ...['mcpServers', 'theme', 'editorMode', 'verbose', 'diffTool', 'autoCompactEnabled'],
  ...['preferredNotifChannel', 'messageIdleNotifThresholdMs', 'todoFeatureEnabled'],
  ...['hasCompletedOnboarding', 'lastOnboardingVersion', 'autoConnectIde', 'env'],
]);
const KEPT_OF_PROJECT = new Set([
  ...['allowedTools', 'mcpServers', 'mcpContextUris', 'ignorePatterns'],
  ...['enabledMcpjsonServers', 'disabledMcpjsonServers'],
]);

/** Claude Code's state, as far as it is carried: projects stand under their paths inside. */
export function claudeState(data: unknown): unknown {
  if (!isTable(data)) return {};
  const projects = isTable(data['projects']) ? data['projects'] : {};
  let inside: unknown = {};
  for (const [path, project] of Object.entries(projects)) {
    const kept = pick(project, KEPT_OF_PROJECT);
    if (Object.keys(kept).length > 0)
      inside = mergeMissing(inside, { [projectInside(path)]: kept });
  }
  return { ...pick(data, KEPT), ...(Object.keys(projects).length > 0 && { projects: inside }) };
}

function pick(data: unknown, names: ReadonlySet<string>): Record<string, unknown> {
  if (!isTable(data)) return {};
  return Object.fromEntries(Object.entries(data).filter(([name]) => names.has(name)));
}

/** Where a session has the project that is at `path` on the host. */
function projectInside(path: string): string {
  return `${PATHS.projects}/${path.split('/').findLast((part) => part !== '') ?? 'root'}`;
}

/**
 * Where a conversation of Claude Code goes. It keeps them by the project's path with every other character
 * than letters and digits as `-`; `cwd` is the path that the conversation itself names.
 */
export function conversationPath(path: string, cwd: string | undefined): string {
  const parts = path.split('/');
  if (cwd?.startsWith('/') !== true || parts[1] !== 'projects' || parts.length < 4) return path;
  const name = projectInside(cwd).replace(/[^A-Za-z0-9]/gu, '-');
  return [parts[0], parts[1], name, ...parts.slice(3)].join('/');
}

/** The directory that a conversation's first lines name. */
export function conversationCwd(text: string): string | undefined {
  const found = /"cwd":("(?:[^"\\]|\\.){1,4096}")/u.exec(text.slice(0, 256 * 1024));
  try {
    return found?.[1] === undefined ? undefined : (JSON.parse(found[1]) as string);
  } catch {
    return undefined;
  }
}
