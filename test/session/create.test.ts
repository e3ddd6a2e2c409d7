import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { silentReport } from '../../src/base/report.ts';
import { UndoStack } from '../../src/base/undo.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { SessionPlan } from '../../src/plan/plan.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { createSession } from '../../src/session/create.ts';
import { emptyHost } from '../broker/support.ts';

const done: string[] = [];

vi.mock('../../src/session/packages.ts', () => ({
  isInstalled: async () => done.includes('agent'),
  ensureAgent: async () => void done.push('agent'),
}));
vi.mock('../../src/session/image.ts', () => ({ ensureImage: async () => void done.push('image') }));
vi.mock('../../src/session/project.ts', () => ({ holdProject: () => undefined }));
vi.mock('../../src/plan/agents.ts', () => ({ findAgent: () => ({}) }));

async function create(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  done.length = 0;
  const { paths, projectDir } = emptyHost();
  const home = mkdtempSync(join(tmpdir(), 'ct-create-'));
  const plan = {
    home,
    project: { source: projectDir },
    secrets: { grants: [{ name: 'A_KEY', kind: 'env', required: true }] },
    container: { name: 'c', sandbox: {} },
  } as unknown as SessionPlan;
  const context = { env, paths, config: { secrets: {} }, report: silentReport };
  const make = async () => {
    done.push('container');
    return { id: 'i', warnings: [] };
  };
  const { signal } = new AbortController();
  const engine = { create: make } as unknown as Engine;
  try {
    await createSession(
      plan,
      engine,
      context as unknown as SessionContext,
      new UndoStack(),
      signal,
    );
  } finally {
    rmSync(home, { recursive: true });
  }
  return done;
}

it('installs nothing for a run whose required secret no source has', async () => {
  await expect(create({})).rejects.toThrow('A_KEY is required');
  expect(done).toEqual([]);
});

it('makes image and agent for the others first', async () => {
  expect(await create({ A_KEY: 'x' })).toEqual(['image', 'agent', 'container']);
});
