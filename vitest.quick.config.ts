import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { quickTests } from './scripts/testing/quick-tests.mjs'

const conditions = ['whook-source', 'node']

/** Tests that need no database, no other process and no browser. */
export default defineConfig({
  test: {
    projects: [
      {
        ssr: { resolve: { conditions } },
        resolve: { conditions },
        test: {
          name: 'quick',
          include: quickTests(fileURLToPath(new URL('.', import.meta.url))),
          testTimeout: 30_000,
          // Threads start faster than processes, and these tests share nothing.
          pool: 'threads',
        },
      },
      'web/vite.config.ts',
    ],
  },
})
