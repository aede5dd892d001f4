import { describe, expect, it } from 'vitest'
import { startRedis } from '../product/start-redis.js'
import { runKill, type KillOptions } from './run-kill.js'

/** A short run of `npm run kill`, the same with every seed it is given; the long ones are run by hand and published. */
const short = { seed: 20, seconds: 15, perSecond: 100 }
const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

const runs: (Pick<KillOptions, 'mode' | 'accept'> & { available: boolean })[] = [
  { mode: 'embedded', accept: 'database', available: true },
  { mode: 'redis', accept: 'queue', available: probe !== undefined },
]

describe('under kill -9 of workers alone', () => {
  it('first arrivals of one ordering key keep their order', async () => {
    const only = ['kill worker', 'stop worker', 'kill sandbox']
    const report = await runKill({ mode: 'embedded', accept: 'database', only, ...short })
    const order = report.verdicts.find(({ id }) => id === 'R15')!
    expect([order.measured, order.violations]).toEqual([undefined, []])
  }, 300_000)
})

describe.each(runs)('under kill -9 of everything: $mode, ACCEPT=$accept', ({ mode, accept, available }) => {
  it.runIf(available)(
    'nothing answered 202 is lost or doubled, and every delivery ends where it can be seen',
    async () => {
      const report = await runKill({ mode, accept, ...short })
      expect(report.acknowledged).toBeGreaterThan(100)
      expect(report.faults.length).toBeGreaterThan(2)
      expect(report.verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
    },
    300_000,
  )
})
