import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startCrashablePostgres } from '@whook/testing/product/crashable-postgres'
import { startProduct } from '@whook/testing/product/start-product'

const harms = ['resets connections', 'is killed and recovers'] as const

it.each(harms)(
  'starts api and worker when PostgreSQL %s for some seconds',
  async (harm) => {
    const database = await startCrashablePostgres()
    onTestFinished(database.stop)
    const { wire } = database
    const killed = harm === 'is killed and recovers'
    if (killed) await database.kill()
    else wire.setMode('refuse')

    const starting = startProduct({ databaseUrl: database.url, env: { LOG_LEVEL: 'fatal' } })
    starting.catch(() => {})
    // Both processes failed to connect.
    await expect.poll(() => wire.asked, { timeout: 60_000 }).toBeGreaterThan(4)
    if (killed) await database.start()
    else await cutAgainAndAgain()
    const product = await starting
    onTestFinished(product.stop)
    const { id } = await product.call<{ id: string }>('POST', '/api/v1/webhooks', { name: 'x' })
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)

    /** Resets the connections repeatedly, each time at another point of the start. */
    async function cutAgainAndAgain() {
      wire.setMode('pass')
      for (let cuts = 0; cuts < 30; cuts++) {
        await sleep(90)
        wire.cut()
      }
    }
  },
  120_000,
)
