import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { runProgram } from '../host/exec.ts';
import type { Machine } from './result.ts';

/** How long a program may take to say its version, `ms` */
const VERSION_MS = 10_000;

/** What is known of the machine without asking anybody's engine. */
export function machineFacts(): Omit<Machine, 'programs' | 'runtime'> {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    processors: all.length,
    memoryBytes: totalmem(),
    kernel: release(),
    system: systemName(),
    node: process.version,
  };
}

/** Load averages of one, five and fifteen minutes. */
export function loadNow(): readonly number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}

/** The first line of `program --version`; `undefined` when there is no such program. */
export async function versionOf(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const ran = await runProgram({ program, args: ['--version'], env }, { deadlineMs: VERSION_MS });
    return ran.exitStatus === 0 ? ran.stdout.split('\n')[0]?.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Source: os-release(5) */
function systemName(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)"?$/mu.exec(text)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
