import type { DaemonView } from './daemon.ts';
import type { BenchFace, BenchOutcome } from './bench.ts';
import type { Provider } from '../../agents/providers.ts';
import type { AgentChange, AgentInfo } from '../../session/agents.ts';
import type { Difference } from '../../sandbox/seccomp/answers.ts';
import type { ProfileView } from '../../session/seccomp-views.ts';
import type { AttackReport } from '../../attack/attempt.ts';
import type { DoctorReport } from '../../doctor/check.ts';
import type { NetworkStatus } from '../../gateway/control/protocol.ts';
import type { Lesson } from '../../network/learn.ts';
import type { NetworkRecord } from '../../network/record.ts';
import type { NetworkChange } from '../../session/network-change.ts';
import type { RuleListing } from '../../session/network-rules.ts';
import type { Rotation } from '../../session/rotate-secret.ts';
import type { SecretInfo } from '../../session/list-secrets.ts';
import type { ImportList } from '../../session/import-agent.ts';
import type { RulesChange, RulesFile } from '../../session/rules-files.ts';
import type { ReviewResult } from '../../session/review.ts';
import type { PackagesReport } from '../../session/install-packages.ts';
import type { GarbageReport } from '../../session/garbage.ts';
import type { UpdateReport } from '../../session/update-all.ts';
import type { MeasuredSession } from '../../session/measure.ts';

/** What commands say on stdout, one method a message. Text for people, JSON for programs. */
export interface Output {
  sessions(list: readonly MeasuredSession[]): void;
  stopped(ids: readonly string[]): void;
  agents(list: readonly AgentInfo[]): void;
  providers(list: readonly Provider[]): void;
  agentChanges(changes: readonly AgentChange[]): void;
  packages(report: PackagesReport): void;
  updated(report: UpdateReport): void;
  garbage(report: GarbageReport): void;
  imported(list: ImportList): void;
  /** Files of rules for all projects; what changed, after a change */
  rules(list: readonly (RulesFile | RulesChange)[]): void;
  secrets(list: readonly SecretInfo[]): void;
  /** All places of each, in the order of precedence */
  secretSources(list: readonly SecretInfo[]): void;
  rotated(rotation: Rotation): void;
  doctor(report: DoctorReport): void;
  networkChanged(change: NetworkChange): void;
  networkRules(listing: RuleListing): void;
  networkStatus(networks: readonly NetworkStatus[]): void;
  /** One at a time, since they may come for hours */
  networkRecord(record: NetworkRecord): void;
  networkLesson(lesson: Lesson, kind: 'learn' | 'shadow'): void;
  daemon(view: DaemonView): void;
  attack(report: AttackReport): void;
  bench(outcome: BenchOutcome, face: BenchFace): Promise<void>;
  seccompProfiles(list: readonly Pick<ProfileView, 'name' | 'summary' | 'digest'>[]): void;
  seccompProfile(profile: ProfileView): void;
  seccompDiff(between: readonly [string, string], differences: readonly Difference[]): void;
  review(result: ReviewResult): Promise<void>;
}
