import type { ServeWish } from '../served-session.ts';

/** Socket of the process that serves sessions which have no other owner. */
export function ownerSocket(runtimeDir: string): string {
  return `${runtimeDir}/ct/network.sock`;
}

/** Directory with what such a process needs to take sessions up again after it was killed. */
export function servedDir(runtimeDir: string): string {
  return `${runtimeDir}/ct/served`;
}

/** What lies there for one session. */
export function servedFile(runtimeDir: string, session: string): string {
  return `${servedDir(runtimeDir)}/${session}.json`;
}

/**
 * One question, a line of JSON: serve this session, make its network and serve it when `OwnerGo` comes, or leave
 * all of them to whoever asks.
 */
export type OwnerRequest =
  | (OwnerQuestion & { readonly serve: ServeWish })
  | (OwnerQuestion & { readonly hold: ServeWish })
  | { readonly v: 1; readonly leave: true };

/** What the questions about a session have in common. */
interface OwnerQuestion {
  readonly v: 1;
  /** See `surroundingsOf`; missing: whatever the serving process has will do */
  readonly surroundings?: string;
}

/** The line after `hold`: the session is what was planned. Without it, and when the asker hangs up, it gets no network. */
export interface OwnerGo {
  readonly v: 1;
  readonly go: true;
}

/**
 * The answer, a line of JSON, when it is in force or has failed; then the line stays open. Another one on
 * an open line says that whoever serves leaves in order.
 */
export type OwnerReply =
  | { readonly v: 1; readonly ok: true }
  | {
      readonly v: 1;
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly hint: string | undefined;
      };
    };
