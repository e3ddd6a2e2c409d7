import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CreateBody } from '../../src/engine/podman/specgen.ts';
import type { ContainerSpec, ExecSpec } from '../../src/engine/engine.ts';
import type { SessionPlan } from '../../src/plan/plan.ts';
import type { Secret } from '../../src/secrets/secret.ts';
import { readMetafile, staticClosure } from './metafile.ts';
import { filesBelow } from '../support/bundle.ts';

/** Files that may turn a secret into bytes: what delivers, what hides, what stores. */
const MAY_REVEAL = [
  'src/broker/store.ts',
  'src/secrets/consumers.ts',
  'src/secrets/gate-lines.ts',
  'src/secrets/redact.ts',
  'src/secrets/secret.ts',
];

/** Whether a value of type `T` could hold a secret in any field, however deep; `never` fits everywhere. */
type HoldsSecret<T> = [T] extends [never]
  ? false
  : T extends Secret
    ? true
    : Secret extends T
      ? true
      : T extends (...words: never[]) => unknown
        ? false
        : T extends object
          ? true extends { [Key in keyof T]: HoldsSecret<T[Key]> }[keyof T]
            ? true
            : false
          : false;

describe('secrets in the code', () => {
  it('are revealed by those files only that deliver, hide or store them', () => {
    const found = filesBelow('src', '.ts').filter((path) =>
      /\breveal\b/u.test(readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/gu, '')),
    );
    expect(found.sort()).toEqual(MAY_REVEAL);
  });

  it('fit into no field of a request to the engine, by their types', () => {
    const fits: {
      readonly create: HoldsSecret<CreateBody>;
      readonly container: HoldsSecret<ContainerSpec>;
      readonly exec: HoldsSecret<ExecSpec>;
      readonly plan: HoldsSecret<SessionPlan>;
    } = { create: false, container: false, exec: false, plan: false };
    // The check itself: it finds one that is deep inside, and one that hides as `unknown`.
    const finds: {
      readonly deep: HoldsSecret<{ readonly env: Readonly<Record<string, readonly Secret[]>> }>;
      readonly hidden: HoldsSecret<{ readonly json?: unknown }>;
    } = { deep: true, hidden: true };
    expect([...Object.values(fits), ...Object.values(finds)]).toEqual([
      ...[false, false, false, false],
      ...[true, true],
    ]);
  });

  it('cost a run without a grant nothing: neither sources nor redaction are loaded', () => {
    const meta = readMetafile();
    const loaded = [
      ...staticClosure(meta, 'src/cli/main.ts'),
      ...staticClosure(meta, 'src/session/start.ts'),
    ].filter((path) => /^src\/(?:secrets|broker)\//u.test(path));
    expect([...new Set(loaded)].sort()).toEqual([
      'src/broker/remembered.ts',
      'src/secrets/grants.ts',
      'src/secrets/kinds.ts',
      'src/secrets/names.ts',
    ]);
  });
});
