import type { SectionSpec } from './key-spec.ts';

/** `[providers.NAME]`, for `ct cc NAME`. */
export const PROVIDER_SECTION = {
  providers: {
    doc: 'Who serves models to Claude Code: `[providers.mine]` and then `ct cc mine`. Texts may name variables of your environment, such as `${HOST}`; `${CNSTR_X}` also finds `X`. The token is a secret, by its name.',
    keys: {
      base_url: { type: 'word', default: '', doc: 'https:// address of the API.' },
      secret: {
        type: 'variable',
        default: '',
        doc: 'Name of the secret that is the token. Empty: `CNSTR_NAME_API_KEY`, then `NAME_API_KEY`.',
      },
      model: { type: 'word', default: '', doc: 'Model for every role.' },
      small_model: { type: 'word', default: '', doc: 'Model for small tasks. Empty: the same.' },
      timeout_ms: {
        type: 'integer',
        default: 0,
        min: 0,
        max: 86_400_000,
        unit: 'milliseconds',
        doc: "How long an answer may take. 0: Claude Code's own limit.",
      },
    },
  },
} as const satisfies Readonly<Record<string, SectionSpec>>;
