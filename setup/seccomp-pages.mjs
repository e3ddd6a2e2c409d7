// @ts-check
/**
 * What comes from the seccomp profiles in `seccomp/`: a page for each in `docs/seccomp`, and the table
 * of their digests, by which a run knows the filter's file without compiling anything.
 */
import { readFileSync } from 'node:fs';

/** Narrowest first; the order of every list of profiles. */
const NAMES = ['strict', 'default', 'browser', 'nested', 'debug'];
const ARCHES = /** @type {const} */ (['x86_64', 'aarch64']);
const NOTE = '<!-- Written by `npm run docs`; edit the profile in `seccomp/` instead. -->';

/** @typedef {import('../src/sandbox/seccomp/profile.ts').Profile} Profile */
/** @typedef {import('../src/sandbox/seccomp/policy.ts').Policy} Policy */
/** @typedef {import('../src/sandbox/seccomp/policy.ts').Outcome} Outcome */
/** @typedef {Pick<import('./docs.mjs').Tables, 'parseCallTable' | 'checkedPolicy' | 'filterOf' | 'errnoName'>} Tables */

/**
 * Generated files, by path.
 * @param {Tables} tables
 * @returns {[string, string][]}
 */
export function renderSeccomp(tables) {
  const { parseCallTable, checkedPolicy, filterOf } = tables;
  const calls = parseCallTable(read('syscalls.json'));
  const profiles = NAMES.map((name) => profile(name));
  const policies = profiles.map((one) =>
    checkedPolicy(one, `seccomp/${one.name}.json`, profile, calls),
  );
  const digests = policies.map((policy) => {
    const cells = ARCHES.map((arch) => `    ${arch}: '${filterOf(policy, arch, calls).digest}',`);
    return `  ${policy.name}: {\n${cells.join('\n')}\n  },`;
  });
  return [
    ['src/sandbox/seccomp/digests.ts', `${DIGESTS_HEAD}${digests.join('\n')}\n} as const;\n`],
    ['docs/seccomp/README.md', renderIndex(profiles)],
    ...profiles.map(
      (one, index) =>
        /** @type {[string, string]} */ ([
          `docs/seccomp/${one.name}.md`,
          renderPage(one, /** @type {Policy} */ (policies[index]), tables),
        ]),
    ),
  ];
}

const DIGESTS_HEAD = `/**
 * SHA-256 of the filter that each profile compiles to, by processor: the plan names it and the file
 * that the engine reads is compared with it. Written by \`npm run docs\`.
 */
export const PROFILE_DIGESTS = {
`;

/** @param {string} name */
function read(name) {
  return readFileSync(new URL(`../seccomp/${name}`, import.meta.url), 'utf8');
}

/** @param {string} name @returns {Profile} */
function profile(name) {
  return JSON.parse(read(`${name}.json`));
}

/** @param {readonly Profile[]} profiles */
function renderIndex(profiles) {
  const rows = profiles.map(({ name, summary }) => `| [${name}](${name}.md) | ${summary} |`);
  return `${['# Seccomp profiles', '', NOTE, '', ...INTRODUCTION, '', '| profile | what it is |', '| --- | --- |', ...rows, '', ...OWN].join('\n')}\n`;
}

const INTRODUCTION = [
  'A profile says which system calls programs in a session may use. It is in force before the agent',
  "runs, for everything inside, and nothing inside can take it away. The kernel's calls of other",
  'processor modes (i386, x32, 32-bit arm) end the thread in every profile.',
  '',
  'Choose one with `ct run --seccomp NAME` or `[sandbox] seccomp = "NAME"`; `ct sys seccomp show NAME`',
  'and `ct sys seccomp diff A B` print them, and `ct run --explain-denials` names the calls that a',
  'program was refused.',
];

const OWN = [
  '## A profile of your own',
  '',
  'Give a path instead of a name: `--seccomp ./mine.json`. The file must be a regular one of yours (or',
  "root's) that nobody else may write to, and no link. It is in the form of Podman, Docker and the",
  'runtime spec, or in ours, which needs less and says why:',
  '',
  '```json',
  '{',
  '  "schema": "ct-seccomp/1",',
  '  "name": "mine",',
  '  "summary": "default, and chroot.",',
  '  "audience": "The build of an image.",',
  '  "extends": "default",',
  '  "rules": [',
  '    { "reason": "The build enters its root.", "action": "allow", "calls": "chroot", "replaces": true }',
  '  ]',
  '}',
  '```',
  '',
  'A file that does not parse, or names a call, an action or an error that there is not, or contradicts',
  'itself, is refused with exit status 125 before anything starts: an engine would skip the name of a',
  "call that it does not know in silence. What is known to be weak in a file of the engines' form (a",
  'comparison that values with a set upper half pass, a default that allows) is a warning.',
  '',
  '`unconfined` is no filter at all. Only you can say it, on the command line or in your own',
  'configuration, and each such run warns.',
];

/** @param {Profile} one @param {Policy} policy @param {Tables} tables */
function renderPage(one, policy, tables) {
  const base = one.extends === undefined ? [] : [`It is [${one.extends}](${one.extends}.md), and:`];
  return `${[
    `# ${one.name}`,
    '',
    NOTE,
    '',
    one.summary,
    '',
    `**For whom.** ${one.audience}`,
    '',
    '## What it says itself',
    '',
    ...base,
    ...(base.length > 0 ? [''] : []),
    '| calls | answer | why |',
    '| --- | --- | --- |',
    ...one.rules.map((rule) => renderRule(rule)),
    '',
    '## What it refuses, with everything below it',
    '',
    ...renderRefused(policy, tables),
  ].join('\n')}\n`;
}

/** @param {Profile['rules'][number]} rule */
function renderRule({ calls, action, errno, when = [], reason }) {
  const names = calls.split(' ').map((name) => `\`${name}\``);
  const answer = action === 'allow' ? 'allowed' : action === 'deny' ? errno : 'ENOSYS';
  const conditions = when.map((condition) => renderCondition(condition)).join(', ');
  return `| ${names.join(' ')} | ${answer}${conditions === '' ? '' : `, if ${conditions}`} | ${reason} |`;
}

/** @param {import('../src/sandbox/seccomp/profile.ts').Condition} condition */
function renderCondition({ arg, mask, in: members, notIn }) {
  const bits = mask === undefined ? '' : ` under ${mask}`;
  const list = (members ?? notIn ?? []).join(' or ');
  return `argument ${arg}${bits} is ${members === undefined ? 'not ' : ''}${list}`;
}

/** @param {Policy} policy @param {Tables} tables */
function renderRefused(policy, { errnoName }) {
  /** @type {Map<string, string[]>} */
  const byAnswer = new Map();
  for (const [call, cases] of [...policy.calls].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { outcome, when } of cases) {
      if (outcome.kind !== 'errno') continue;
      const key = errnoName(outcome.errno);
      const shown = `\`${call}\`${when.length > 0 ? ' (some)' : ''}`;
      const list = byAnswer.get(key) ?? [];
      if (!list.includes(shown)) byAnswer.set(key, [...list, shown]);
    }
  }
  const rows = [...byAnswer].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '| answer | calls |',
    '| --- | --- |',
    ...rows.map(([answer, calls]) => `| ${answer} | ${calls.join(' ')} |`),
    '',
    `Every call that no rule names answers ${policy.fallback.kind === 'errno' ? errnoName(policy.fallback.errno) : policy.fallback.kind}: ${policy.fallbackReason}`,
  ];
}
