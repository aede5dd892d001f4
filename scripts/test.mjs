import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.mjs'
import { root } from './install.mjs'
import { findChromium } from './testing/find-chromium.mjs'
import { findRedis } from './testing/find-redis.mjs'
import { closingLine, sum } from './testing/results.mjs'
import { runPlaywright } from './testing/run-playwright.mjs'
import { runVitest } from './testing/run-vitest.mjs'

/** In CI a missing Redis or browser is an error. */
const strict = ['1', 'true'].includes(process.env.CI ?? '')

/**
 * `npm test`: runs every suite with a real PostgreSQL (TEST_DATABASE_URL, else the embedded one), Redis and Chromium.
 * With arguments it runs Vitest alone with these arguments. The last line has the total counts.
 */
export async function main(args) {
  const folder = await mkdtemp(join(tmpdir(), 'whook-test-run-'))
  const results = []
  const stage = async (name, run) => {
    try {
      results.push(await run())
    } catch (error) {
      console.error(`\n${name} failed: ${error.message}`)
      results.push({ passed: 0, failed: 1, skipped: [] })
    }
  }

  const redis = await findRedis()
  try {
    const chromium = await findChromium()
    const missing = [
      ...(redis ? [] : ['Redis suites: REDIS_URL is not set, and redis-server is not on the PATH']),
      ...(chromium ? [] : ['browser suites: Chromium not found; set CHROMIUM_PATH to its path']),
    ]
    if (strict && missing.length > 0) throw new Error(`CI must not skip suites:\n${missing.join('\n')}`)
    const env = { ...process.env, REDIS_URL: redis?.url, CHROMIUM_PATH: chromium }

    await stage('The build', async () => {
      await build()
      return { passed: 0, failed: 0, skipped: [] }
    })
    await stage('Vitest', () => runVitest({ args, env, folder }))
    if (args.length === 0 && existsSync(join(root, 'web/playwright.config.ts'))) {
      if (chromium) await stage('Playwright', () => runPlaywright({ env, folder }))
      else results.push({ passed: 0, failed: 0, skipped: ['web/e2e: every browser suite'] })
    }
    report(sum(results), missing)
  } finally {
    await redis?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function report(total, missing) {
  console.log('')
  for (const reason of missing) console.log(`Not run here: ${reason}`)
  for (const name of total.skipped) console.log(`Skipped: ${name}`)
  if (total.failed > 0) process.exitCode = 1
  console.log(closingLine(total))
}
