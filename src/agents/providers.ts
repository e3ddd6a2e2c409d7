/** Somebody who serves Claude's protocol with models of his own. */
export interface Provider {
  readonly name: string;
  readonly baseUrl: string;
  /** Name of the secret that is sent as token; beginning with `CNSTR_`, the rest is looked for too */
  readonly secret: string;
  /** For all of Claude Code's roles; empty: its own names, which the provider understands */
  readonly model: string;
  /** For its small tasks; empty: the same */
  readonly smallModel: string;
  /** `ms`; 0: Claude Code's own */
  readonly timeoutMs: number;
}

/** Every variable by which Claude Code chooses whom it talks to: none of them crosses into a provider's run. */
export const CLAUDE_VARIABLES: readonly string[] = [
  ...['ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'],
  ...['ANTHROPIC_CUSTOM_HEADERS', 'ANTHROPIC_MODEL', 'ANTHROPIC_SMALL_FAST_MODEL'],
  ...['ANTHROPIC_DEFAULT_SONNET_MODEL', 'ANTHROPIC_DEFAULT_OPUS_MODEL'],
  ...['ANTHROPIC_DEFAULT_HAIKU_MODEL', 'API_TIMEOUT_MS'],
  'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
];

const provider = (name: string, baseUrl: string, more: Partial<Provider> = {}): Provider => ({
  name,
  baseUrl,
  secret: `CNSTR_${name.toUpperCase()}_API_KEY`,
  model: '',
  smallModel: '',
  timeoutMs: 0,
  ...more,
});

/** Providers that ct knows; the user's own come with the configuration. Source: their own manuals */
export const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  [
    provider('zai', 'https://api.z.ai/api/anthropic', { timeoutMs: 3_000_000 }),
    provider('minimax', 'https://api.minimax.io/anthropic', { model: 'MiniMax-M2' }),
    provider('kimi', 'https://api.moonshot.ai/anthropic'),
    provider('qwen', 'https://dashscope-intl.aliyuncs.com/api/v2/apps/claude-code-proxy'),
    provider('mimo', 'https://api.xiaomimimo.com/anthropic'),
  ].map((one) => [one.name, one]),
);
