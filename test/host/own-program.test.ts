import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ownProgram } from '../../src/host/own-program.ts';
import { ownService } from '../../src/host/own-service.ts';

it('is this Node with what it runs', () => {
  expect(ownProgram()).toEqual([process.execPath, process.argv[1]]);
  const [program, ...args] = ownService(['daemon']);
  expect(program).toBe(process.execPath);
  expect(args.slice(-3)).toEqual([process.argv[1], 'internal', 'daemon']);
});

it('has flags that this Node understands, and none for one that nobody knows', () => {
  const flags = ownService([]).filter((word) => word.startsWith('--'));
  expect(flags.length).toBeGreaterThan(0);
  const said = execFileSync(process.execPath, [...flags, '-p', '40 + 2'], { encoding: 'utf8' });
  expect(said).toBe('42\n');
  expect(ownService([], '99.0').filter((word) => word.startsWith('--'))).toEqual([]);
});
