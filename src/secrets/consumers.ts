import { CtError } from '../base/errors.ts';
import { GIT_HOSTS, type Kind } from './kinds.ts';
import { reveal, type Secret } from './secret.ts';

/** A file below the directory of secrets, in one or two parts of a path. */
export interface SecretFile {
  readonly path: readonly string[];
  /** Written as it is */
  readonly bytes: Buffer;
}

/** The one registry: the files in which each kind reads the value. */
export const CONSUMERS: Readonly<Record<Kind, (secret: Secret) => readonly SecretFile[]>> = {
  env: () => [],
  file: (secret) => [{ path: [secret.name], bytes: reveal(secret) }],
  git: (secret) => [gitFile(secret)],
  gh: (secret) => [gitFile(secret), ...ghFiles(secret)],
};

/** User name and token on a line each, as templates/git-credential.sh reads them. */
function gitFile(secret: Secret): SecretFile {
  const target = GIT_HOSTS[secret.name];
  if (target === undefined) throw new CtError('internal', `${secret.name} has no git host`);
  return {
    path: ['git', target.host],
    bytes: Buffer.from(`${target.user}\n${tokenOf(secret)}\n`),
  };
}

/** Source: cli/cli internal/config, the form that version 2.40 and later write */
function ghFiles(secret: Secret): readonly SecretFile[] {
  const token = JSON.stringify(tokenOf(secret));
  const lines = [
    ...[
      'github.com:',
      '    users:',
      '        x-access-token:',
      `            oauth_token: ${token}`,
    ],
    ...['    git_protocol: https', `    oauth_token: ${token}`, '    user: x-access-token', ''],
  ];
  return [
    { path: ['gh', 'hosts.yml'], bytes: Buffer.from(lines.join('\n')) },
    { path: ['gh', 'config.yml'], bytes: Buffer.from('version: "1"\n') },
  ];
}

/** Git's protocol and gh's file are made of lines, so a token with one in it would be a command. */
function tokenOf(secret: Secret): string {
  const text = reveal(secret).toString('latin1');
  if (/^[\u0021-\u007e]+$/u.test(text)) return text;
  throw new CtError('invalid_argument', `${secret.name}: a token is one word of plain letters`, {
    hint: `this value has other characters; set it again:  ct secrets set ${secret.name}`,
  });
}
