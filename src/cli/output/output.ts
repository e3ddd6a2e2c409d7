import type { Agent } from '../../agents/agent.ts';
import type { DoctorReport } from '../../doctor/check.ts';
import type { MeasuredSession } from '../../session/measure.ts';

/** What commands say on stdout, one method a message. Text for people, JSON for programs. */
export interface Output {
  sessions(list: readonly MeasuredSession[]): void;
  stopped(ids: readonly string[]): void;
  agents(list: readonly Agent[]): void;
  doctor(report: DoctorReport): void;
}
