import { defineConfig } from 'vitest/config'

// kafkajs sets a negative time-out whenever it is not throttled, and Node says so once a process
const execArgv = ['--disable-warning=TimeoutNegativeWarning']

/** `unit` needs nothing but Node; `integration` starts real servers, one file at a time, on ports of its own. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts', 'tests/contract/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/engines/**/*.test.ts'],
          fileParallelism: false,
          execArgv,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          fileParallelism: false,
          execArgv,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
