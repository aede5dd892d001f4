import { defineConfig } from 'vitest/config'

/** Packages of ours resolve to their sources. */
const conditions = ['whook-source', 'node']

export default defineConfig({
  test: {
    projects: [
      {
        ssr: { resolve: { conditions } },
        resolve: { conditions },
        // Vitest loads the global setup in an environment of its own.
        environments: { __vitest__: { resolve: { conditions } } },
        test: {
          name: 'server',
          include: ['{shared,runtime,drizzle,launcher,testing,api,worker,bench,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: ['testing/src/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          pool: 'forks',
          // Polled values usually arrive within milliseconds. The timeout leaves room for a busy machine.
          expect: { poll: { timeout: 20_000 } },
        },
      },
      'web/vite.config.ts',
    ],
  },
})
