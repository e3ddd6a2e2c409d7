import { CLAUDE_VARIABLES, PROVIDERS, type Provider } from '../agents/providers.ts';
import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import { isHttpsAddress, printable } from '../base/text.ts';
import type { Config } from '../config/schema.ts';
import type { GrantPlan } from '../secrets/grants.ts';

/** Providers of this user by name: those that ct knows with his changes, and his own. */
export function providersOf(config: Config): ReadonlyMap<string, Provider> {
  const all = new Map(PROVIDERS);
  for (const [name, settings] of Object.entries(config.providers)) {
    const known = PROVIDERS.get(name);
    all.set(name, {
      name,
      baseUrl: settings.base_url || (known?.baseUrl ?? ''),
      secret:
        settings.secret ||
        (known?.secret ?? `CNSTR_${name.toUpperCase().replaceAll('-', '_')}_API_KEY`),
      model: settings.model || (known?.model ?? ''),
      smallModel: settings.small_model || (known?.smallModel ?? ''),
      timeoutMs: settings.timeout_ms || (known?.timeoutMs ?? 0),
    });
  }
  return all;
}

type Lookup = Readonly<Record<string, string | undefined>>;

/**
 * The provider called `name`, with the user's variables filled in.
 *
 * Errors: not_found with the names there are; invalid_config for an address that is not https, or a
 * variable that is not set
 */
export function resolveProvider(name: string, config: Config, env: Lookup): Provider {
  const all = providersOf(config);
  const found = all.get(name);
  if (found === undefined) throw unknown(name, all.keys());
  const fill = (text: string): string => expand(text, name, env);
  const baseUrl = fill(found.baseUrl);
  if (!isHttpsAddress(baseUrl)) {
    throw new CtError(
      'invalid_config',
      `providers.${name}.base_url: expected an https:// address`,
      {
        hint: `correct [providers.${name}] in config.toml`,
      },
    );
  }
  return { ...found, baseUrl, model: fill(found.model), smallModel: fill(found.smallModel) };
}

/** `${X}`; a hole that stays empty would send the request somewhere else, so it is an error. */
function expand(text: string, provider: string, env: Lookup): string {
  return text.replace(/\$\{([A-Za-z_]\w*)\}/gu, (_hole, variable: string) => {
    const value = env[variable] || env[variable.replace(/^CNSTR_/u, '')];
    if (value) return value;
    throw new CtError('invalid_config', `providers.${provider}: ${variable} is not set`, {
      hint: `set it:  export ${variable}=…`,
    });
  });
}

function unknown(name: string, known: Iterable<string>): CtError {
  const names = [...known];
  const near = nearestWord(name, names);
  return new CtError('not_found', `there is no provider called '${printable(name)}'`, {
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}providers: ${names.join(', ')}; your own go under [providers.NAME]`,
  });
}

/** Variables of a provider's run, over whatever else crosses; nothing secret. */
export function providerEnvironment(provider: Provider): Readonly<Record<string, string>> {
  const { baseUrl, model, timeoutMs } = provider;
  return {
    ANTHROPIC_BASE_URL: baseUrl,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ...(model !== '' && {
      ANTHROPIC_MODEL: model,
      ANTHROPIC_SMALL_FAST_MODEL: provider.smallModel || model,
      ANTHROPIC_DEFAULT_SONNET_MODEL: model,
      ANTHROPIC_DEFAULT_OPUS_MODEL: model,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: provider.smallModel || model,
    }),
    ...(timeoutMs > 0 && { API_TIMEOUT_MS: String(timeoutMs) }),
  };
}

/** `env` without what would send Claude Code elsewhere. */
export function withoutClaude(
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !CLAUDE_VARIABLES.includes(name)),
  );
}

/** The grants of a provider's run: his token as Claude Code's, and none of Claude's own. */
export function providerGrants(plan: GrantPlan, provider: Provider): GrantPlan {
  const isOwn = (name: string): boolean =>
    CLAUDE_VARIABLES.includes(name) || name === 'CLAUDE_CODE_OAUTH_TOKEN';
  return {
    grants: [
      ...plan.grants.filter(({ name }) => !isOwn(name)),
      { name: provider.secret, kind: 'env', required: true, as: 'ANTHROPIC_AUTH_TOKEN' },
    ],
    offered: plan.offered.filter((name) => !isOwn(name)),
  };
}
