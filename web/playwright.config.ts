import { defineConfig } from '@playwright/test'

/** One Whook, one browser, one test at a time: parallel tests would slow down the product they measure. */
export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  // Long, for slow machines. Only failing tests wait this long.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 860 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM_PATH'] || undefined,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
