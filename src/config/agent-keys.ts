import type { SectionSpec } from './key-spec.ts';

/** Tables about how agents run. */
export const RUN_SECTIONS = {
  yolo: {
    doc: 'Which agents work without asking. The sandbox stays what it is.',
    keys: {
      all: { type: 'switch', default: false, doc: 'All of them.' },
      agents: {
        type: 'list',
        default: [],
        item: 'word',
        doc: 'Names of agents; capitals do not matter, and `all` means all.',
      },
    },
  },
  environment: {
    doc: 'What of your environment sessions see. A name or a value that looks like a credential never crosses this way: grant it (`ct secrets grant`).',
    keys: {
      pass: {
        type: 'list',
        default: [],
        item: 'variable',
        doc: 'Names of variables that cross as they are.',
      },
      prefixes: {
        type: 'list',
        default: ['CNSTR_'],
        item: 'variable',
        doc: 'Beginnings: `CNSTR_FOO` outside is `FOO` inside. A name in `pass` wins.',
      },
      git_identity: {
        type: 'switch',
        default: true,
        doc: 'Name and address of your global git configuration, for commits; not where the project has its own.',
      },
    },
  },
} as const satisfies Readonly<Record<string, SectionSpec>>;

/** Keys of `[agents.NAME]` that say what the agent is; all of them empty for one that ct knows. */
export const AGENT_KEYS = {
  yolo: { type: 'switch', default: false, doc: 'It works without asking.' },
  version: {
    type: 'word',
    default: '',
    doc: 'Version that is installed, such as `2.1.0`. Empty: the newest.',
  },
  package: { type: 'word', default: '', doc: 'npm package that it is installed from.' },
  archive: {
    type: 'word',
    default: '',
    doc: 'https:// address of a `.tar.gz` that it is installed from, with `sha256`.',
  },
  sha256: { type: 'word', default: '', doc: 'Digest of the archive, 64 hexadecimal digits.' },
  command: { type: 'word', default: '', doc: 'Program to start. Empty: its name.' },
  yolo_flag: { type: 'word', default: '', doc: 'Option with which it works without asking.' },
  rules_file: {
    type: 'word',
    default: '',
    doc: 'File below its home with your rules for all projects.',
  },
  domains: {
    type: 'list',
    default: [],
    item: 'word',
    doc: 'Hosts of its model API and its login, beside those that ct knows.',
  },
} as const satisfies SectionSpec['keys'];
