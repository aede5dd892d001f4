import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        ssr: { resolve: { conditions: ['whook-source', 'node'] } },
        resolve: { conditions: ['whook-source', 'node'] },
        test: {
          name: 'server',
          include: ['{shared,runtime,drizzle,launcher,testing,api,worker,bench,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: ['testing/src/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          pool: 'forks',
          // What is waited for comes in milliseconds; a machine that is busy may take its time.
          expect: { poll: { timeout: 20_000 } },
        },
      },
      'web/vite.config.ts',
    ],
  },
})
