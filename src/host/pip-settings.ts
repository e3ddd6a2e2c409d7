import { runProgram, systemPath } from './exec.ts';

/** Settings that say how to reach an index; nothing else of the host's pip is taken over. */
const CARRIED = ['index-url', 'extra-index-url', 'trusted-host', 'proxy', 'timeout', 'retries'];

/**
 * A pip.conf with which pip elsewhere reaches its index as the host does; empty when there is nothing to
 * say. May hold credentials.
 *
 * Source: pip documentation, "Configuration"
 */
export async function readPipSettings(env: NodeJS.ProcessEnv): Promise<string> {
  const pipEnv = { ...env, PATH: systemPath(env['PATH']), PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  const command = { program: 'pip3', args: ['config', 'list'], env: pipEnv };
  const result = await runProgram(command, { deadlineMs: 20_000 }).catch(() => undefined);
  // Without pip there are still its variables, which pip would list the same way.
  const variables = CARRIED.flatMap((key) => {
    const value = env[`PIP_${key.replaceAll('-', '_').toUpperCase()}`];
    return value === undefined ? [] : [`:env:.${key}='${value}'`];
  });
  return renderPipConf(result?.exitStatus === 0 ? result.stdout : variables.join('\n'));
}

/** The settings of {@link CARRIED} in `pip config list`; what is in a variable wins, as with pip. */
export function renderPipConf(list: string): string {
  const found = new Map<string, string>();
  const rows = [...list.matchAll(/^(global|install|:env:)\.([a-z-]+)='(.*)'$/gmu)];
  for (const place of ['global', 'install', ':env:']) {
    for (const [, section, key = '', value = ''] of rows) {
      const usable = remote(value);
      if (section === place && CARRIED.includes(key) && usable !== '') found.set(key, usable);
    }
  }
  if (found.size === 0) return '';
  return `[global]\n${[...found].map(([key, value]) => `${key} = ${value}\n`).join('')}`;
}

/** Directories of the host mean nothing inside. */
function remote(value: string): string {
  const words = value.split(/(?:\\n|\s)+/u);
  return words.filter((word) => !/^(?:file:|[/~.])/u.test(word)).join(' ');
}
