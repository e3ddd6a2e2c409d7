import type { Provider } from '../agents/providers.ts';
import type { GrantWish } from '../secrets/grants.ts';
import type { Owner } from '../base/owner.ts';
import type { Authorities } from '../sandbox/certificates.ts';
import type { SeccompFacts } from '../sandbox/seccomp/plan.ts';
import type { Masks } from '../sandbox/project-mounts.ts';
import type { ProjectSurvey } from '../sandbox/project-survey.ts';
import type { HostPowers } from '../sandbox/host-powers.ts';

/** What the host is, as far as a plan depends on it. Types only: `host/facts.ts` reads them. */
export interface Facts {
  /** This installation of ct: sessions of another one are never touched */
  readonly instance: string;
  /** The process that owns the session */
  readonly owner: Owner;
  /** The project directory, and what is in it that must be kept from the agent */
  readonly project: ProjectSurvey;
  /** What the user named in it to no effect, in words: see `judgeNames` */
  readonly vainNames: readonly string[];
  /** What is mounted over what must not be seen */
  readonly masks: Masks;
  /** SELinux is enforcing: what is mounted from the host needs a label */
  readonly hasSelinux: boolean;
  readonly homesDir: string;
  readonly imageReference: string;
  /** The generation of programs that packages.toml asked for, if there is one */
  readonly generation?: string;
  /** Whether the layer has Chromium */
  readonly hasChromium?: boolean;
  /** The host's certificate authorities, to be trusted inside too */
  readonly authorities: Authorities;
  readonly seccomp: SeccompFacts;
  readonly terminal: {
    readonly stdinIsTty: boolean;
    readonly stdoutIsTty: boolean;
  };
  /** TERM, COLORTERM, LANG, TZ and the like, as the host has them */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** What the user said about secrets for this agent, and which of its keys his environment has */
  readonly secrets: Pick<GrantWish, 'answers' | 'present'>;
  readonly user: UserFacts;
  /** Who serves the models, with the user's variables filled in */
  readonly provider?: Provider;
  readonly powers: HostPowers;
  readonly sessionId: string;
  readonly ctVersion: string;
}

/** What of the user's own surroundings crosses, by his configuration. */
export interface UserFacts {
  /** Variables, nothing secret among them */
  readonly env: Readonly<Record<string, string>>;
  /** His global git ignore rules, resolved */
  readonly ignoreFile: string | undefined;
}
