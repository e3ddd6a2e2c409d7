import { expect, test } from 'vitest';
import { excerpt, run } from '../../setup/exec.mjs';

test('keeps output and status apart', async () => {
  const script = 'process.stdin.pipe(process.stdout); console.error("e"); process.exitCode = 7';
  const result = await run([process.execPath, '-e', script], { input: 'in' });
  expect(result).toEqual({ code: 7, stdout: 'in', stderr: 'e\n' });
});

test('tells of a signal and of a missing program by status', async () => {
  const dying = await run([process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")']);
  expect(dying.code).toBe(137);
  expect((await run(['/no/such/program'])).code).toBe(127);
});

test('shows of a log the first errors and the last lines', () => {
  const noise = Array.from({ length: 50 }, (_, n) => `usage line ${n}`);
  const text = excerpt(['npm error code EUSAGE', ...noise].join('\n'));
  expect(text.split('\n')).toHaveLength(7);
  expect(text).toMatch(/^npm error code EUSAGE\n/);
});
