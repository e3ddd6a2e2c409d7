import type { Writable } from 'node:stream';
import { printable } from '../../base/text.ts';
import type { DoctorReport } from '../../doctor/check.ts';
import { renderAgentChanges, renderAgents, renderProviders, renderRulesFiles } from './agents.ts';
import {
  renderChange,
  renderLesson,
  renderNetworks,
  renderRecord,
  renderRules,
} from './network-text.ts';
import { renderDaemon } from './daemon.ts';
import { renderGarbage, renderPackages, renderUpdate } from './packages.ts';
import { renderRotation, renderSecrets, renderSources } from './secrets.ts';
import { renderImport } from './imported.ts';
import type { ReviewResult } from '../../session/review.ts';
import type { Enforced } from '../../sandbox/enforcement.ts';
import type { MeasuredSession } from '../../session/measure.ts';
import type { Output } from './output.ts';
import { renderAttack } from './attack.ts';
import { renderDifferences, renderProfile, renderProfiles } from './seccomp-text.ts';
import { renderTable } from './table.ts';

/** Results for people. */
export function textOutput(stdout: Writable, nowMs: () => number = Date.now): Output {
  return {
    sessions: (list) => void stdout.write(renderSessions(list, nowMs())),
    stopped: (ids) => void stdout.write(ids.map((id) => `${printable(id)}\n`).join('')),
    agents: (list) => void stdout.write(renderAgents(list)),
    providers: (list) => void stdout.write(renderProviders(list)),
    agentChanges: (changes) => void stdout.write(renderAgentChanges(changes)),
    packages: (report) => void stdout.write(renderPackages(report)),
    updated: (report) => void stdout.write(renderUpdate(report)),
    garbage: (report) => void stdout.write(renderGarbage(report)),
    imported: (list) => void stdout.write(renderImport(list)),
    rules: (list) => void stdout.write(renderRulesFiles(list)),
    secrets: (list) => void stdout.write(renderSecrets(list)),
    secretSources: (list) => void stdout.write(renderSources(list)),
    rotated: (rotation) => void stdout.write(renderRotation(rotation)),
    doctor: (report) => void stdout.write(renderDoctor(report)),
    networkChanged: (change) => void stdout.write(renderChange(change)),
    networkRules: (listing) => void stdout.write(renderRules(listing)),
    networkStatus: (networks) => void stdout.write(renderNetworks(networks)),
    networkRecord: (record) => void stdout.write(renderRecord(record)),
    networkLesson: (lesson, kind) => void stdout.write(renderLesson(lesson, kind)),
    daemon: (view) => void stdout.write(renderDaemon(view)),
    attack: (report) =>
      void stdout.write(renderAttack(report, (stdout as { columns?: number }).columns)),
    bench: async (outcome, face) => {
      const { renderBench } = await import('./bench.ts');
      stdout.write(renderBench(outcome, face));
    },
    seccompProfiles: (list) => void stdout.write(renderProfiles(list)),
    seccompProfile: (profile) => void stdout.write(renderProfile(profile)),
    seccompDiff: (between, rows) => void stdout.write(renderDifferences(between, rows)),
    review: async (result) => void stdout.write(await renderReview(result, nowMs())),
  };
}

function renderSessions(list: readonly MeasuredSession[], nowMs: number): string {
  const rows = list.map((session) => [
    session.id,
    session.agent,
    session.status,
    session.life,
    session.network,
    session.preset,
    weakWalls(session.enforcement),
    renderAge(nowMs - session.createdMs),
    session.project,
  ]);
  return renderTable([
    ['SESSION', 'AGENT', 'STATUS', 'LIFE', 'NETWORK', 'PRESET', 'WEAK', 'AGE', 'PROJECT'],
    ...rows,
  ]);
}

function weakWalls(table: readonly Enforced[] | undefined): string {
  if (table === undefined) return '?';
  const weak = table.filter(({ level }) => level !== 'full').map(({ aspect }) => aspect);
  return weak.length === 0 ? '-' : weak.join(',');
}

/** `12s`, `5m`, `3h`, `2d`; never negative, whatever the clock did. */
export function renderAge(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** The differences are made by a library that nothing else needs. */
async function renderReview(result: ReviewResult, nowMs: number): Promise<string> {
  const { renderChanges, LONG } = await import('../../review/render.ts');
  const age = renderAge(nowMs - result.sinceMs);
  const since = `session ${printable(result.session)} began, ${age} ago`;
  const more = result.isCutShort
    ? 'not every directory was looked into (there are too many, or one is shut): there may be more\n'
    : '';
  if (result.changes.length === 0) {
    return `nothing ${more === '' ? '' : 'that was found '}that the host executes changed since ${since}\n${more}`;
  }
  const lines = renderChanges(result.changes, LONG).map((line) => `${line}\n`);
  return `since ${since}:\n${lines.join('')}${more}`;
}

const MARKS = { ok: 'ok', warn: 'warn', fail: 'FAIL', unknown: '?', skipped: '-' } as const;

function renderDoctor(report: DoctorReport): string {
  const table = renderTable(
    report.checks.map(({ status, title, found }) => [MARKS[status], title, found]),
  );
  const fixes = report.checks
    .filter(({ fix, status }) => fix !== undefined && status !== 'ok')
    .map(({ status, title, fix = '' }) => {
      const lines = fix.split('\n').map((line) => `    ${printable(line)}\n`);
      return `\n${MARKS[status]}: ${title}\n${lines.join('')}`;
    });
  const notes = report.notes.map((note) => `${printable(note)}\n`).join('');
  return `${notes}${table}${fixes.join('')}\n${renderVerdict(report)}\n`;
}

function renderVerdict({ counts }: DoctorReport): string {
  if (counts.fail > 0) return `${counts.fail} to cure before sessions can run`;
  if (counts.warn > 0) return `sessions can run; ${counts.warn} could be better`;
  return "all is well: type 'ct run gemini' in a project's directory";
}
