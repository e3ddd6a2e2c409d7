import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { receiveSockets, type RawSocket } from '../host/handed-sockets.ts';
import type { Namespaces } from './namespaces.ts';

/** What is to be made inside a session's network namespace. */
export interface NetnsWish {
  /** Refuse a namespace that has more than lo */
  readonly loopbackOnly: boolean;
  /** Address of lo beside 127.0.0.1; with it every IPv4 address leads to the listeners */
  readonly address?: string;
  readonly sockets: readonly SocketWish[];
  /** Input for nft, carried out as a whole or not at all; none leaves what is there */
  readonly ruleset?: string;
}

/** What was made, and what nft printed. */
export interface NetnsResult {
  readonly sockets: ReadonlyMap<string, readonly RawSocket[]>;
  readonly printed: string;
}

/** A socket to make. `streams`: that many unconnected ones, for IPv4 as `key` and for IPv6 as `key6`. */
export type SocketWish =
  | {
      readonly kind: 'listen' | 'datagram';
      readonly key: string;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'streams'; readonly key: string; readonly count: number };

/** The programs that a hand-over needs, with their paths. */
export interface NetnsPrograms {
  readonly perl: string;
  readonly nft: string;
  /** templates/netns-helper.pl */
  readonly helper: string;
}

/** System call numbers that Perl has no name for. Source: syscalls(2), unistd.h of each architecture */
const CALLS: Readonly<Record<string, { readonly setns: number; readonly sendmsg: number }>> = {
  x64: { setns: 308, sendmsg: 46 },
  arm64: { setns: 268, sendmsg: 211 },
  riscv64: { setns: 268, sendmsg: 211 },
};

const DEADLINE_MS = 10_000;

/**
 * Runs the helper that enters a session's namespaces from outside; resolves to the sockets it made, by
 * key. Nothing of it stays behind.
 *
 * Errors: permission_denied when the namespace is not a session's
 * or not ours · failed_precondition when nft refuses the rules or is missing · unsupported on another
 * processor
 */
export async function enterNetns(
  namespaces: Namespaces,
  wish: NetnsWish,
  programs: NetnsPrograms,
): Promise<NetnsResult> {
  const calls = CALLS[process.arch];
  if (calls === undefined) {
    throw new CtError('unsupported', `networks of sessions are not known on ${process.arch}`, {
      hint: 'use --network offline',
    });
  }
  const { sockets, exitStatus, stdout, stderr } = await receiveSockets(
    {
      program: programs.perl,
      args: [programs.helper, String(calls.setns), String(calls.sendmsg), programs.nft],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    },
    renderWish(wish),
    { deadlineMs: DEADLINE_MS, lent: [namespaces.user, namespaces.net] },
  );
  if (exitStatus !== 0) throw helperError(exitStatus, stderr);
  const byKey = new Map<string, RawSocket[]>();
  for (const { key, socket } of sockets) {
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [socket]);
    else list.push(socket);
  }
  return { sockets: byKey, printed: stdout };
}

/** The helper's input, as its header describes it. */
export function renderWish(wish: NetnsWish): string {
  const lines: string[] = [];
  if (wish.loopbackOnly) lines.push('loopback-only');
  if (wish.address !== undefined) lines.push(`address ${wish.address}`);
  for (const socket of wish.sockets) {
    lines.push(
      socket.kind === 'streams'
        ? `streams ${socket.key} ${socket.count}`
        : `${socket.kind} ${socket.key} ${socket.address} ${socket.port}`,
    );
  }
  if (wish.ruleset !== undefined) lines.push('table', wish.ruleset.trimEnd());
  return `${lines.join('\n')}\n`;
}

/** The helper's exit status in our words; its last line says the detail. */
export function helperError(exitStatus: number, stderr: string): CtError {
  const detail =
    printable(stderr.trim().split('\n').slice(-3).join('; ')) || `status ${exitStatus}`;
  const cause = new Error(stderr);
  switch (exitStatus) {
    case 11:
      return new CtError('permission_denied', `ct does not touch this network: ${detail}`, {
        hint: 'it is not the empty network of a session; report this if you changed nothing',
        cause,
      });
    case 12:
      return new CtError('permission_denied', `cannot enter the session's network: ${detail}`, {
        hint: "another user's session, or a kernel that forbids it: 'ct sys doctor' tells more",
        cause,
      });
    case 13:
      return new CtError('failed_precondition', `nft did not load the session's rules: ${detail}`, {
        hint: "'ct sys doctor' checks nftables; Debian: sudo apt install nftables",
        cause,
      });
    case 137:
      return new CtError('deadline_exceeded', 'the helper for the session’s network was stopped', {
        hint: 'run the command again',
        cause,
      });
    default:
      return new CtError('failed_precondition', `the session's network cannot be made: ${detail}`, {
        hint: "'ct sys doctor' checks what it needs",
        cause,
      });
  }
}
