import { defineConfig } from 'vitest/config';

const common = {
  environment: 'node' as const,
  restoreMocks: true,
  // A failure that happens once on another machine is known by its message alone: it names the values.
  chaiConfig: { truncateThreshold: 2000 },
};

/** A time limit finds what hangs. What is slow, on a machine that does other things too, is no fault. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  // Not in node_modules: the integration suite runs from a tree that its account may not write.
  cacheDir: process.env['CT_TEST_CACHE'] ?? '.vitest',
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          // Three hundred files: a process for each is half of the time.
          pool: 'threads',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{arch,integration,logins,root,systemd,vm}/**'],
          globalSetup: ['test/tmp-setup.ts'],
          ...patient,
        },
      },
      { test: { ...common, name: 'arch', include: ['test/arch/**/*.test.ts'], ...patient } },
      {
        test: {
          ...common,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/integration/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // One engine and two cores: files take turns, so that a failure means a fault and not a crowd.
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'root',
          include: ['test/root/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'systemd',
          include: ['test/systemd/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'logins',
          include: ['test/logins/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'vm',
          // One process less to start where that takes seconds.
          pool: 'threads',
          include: ['test/vm/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
