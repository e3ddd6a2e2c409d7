import type { Agent } from '../../agents/agent.ts';
import type { DoctorReport } from '../../doctor/check.ts';
import type { MeasuredSession } from '../../session/measure.ts';
import type { NetworkStatus } from '../../gateway/control/protocol.ts';
import type { Lesson } from '../../network/learn.ts';
import type { NetworkRecord } from '../../network/record.ts';
import type { NetworkChange } from '../../session/network-change.ts';
import type { RuleListing } from '../../session/network-rules.ts';

/** What commands say on stdout, one method a message. Text for people, JSON for programs. */
export interface Output {
  sessions(list: readonly MeasuredSession[]): void;
  stopped(ids: readonly string[]): void;
  agents(list: readonly Agent[]): void;
  doctor(report: DoctorReport): void;
  networkChanged(change: NetworkChange): void;
  networkRules(listing: RuleListing): void;
  networkStatus(networks: readonly NetworkStatus[]): void;
  /** One at a time, since they may come for hours */
  networkRecord(record: NetworkRecord): void;
  networkLesson(lesson: Lesson, kind: 'learn' | 'shadow'): void;
}
