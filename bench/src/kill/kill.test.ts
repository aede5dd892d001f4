import { describe, expect, it } from 'vitest'
import { startRedis } from '@whook/testing/product/start-redis'
import { runKill, type KillOptions } from './run-kill.js'

/** A short run of `npm run kill`, the same with every seed it is given; the long ones are run by hand and published. */
const short = { seed: 20, seconds: 22, perSecond: 80 }
const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

type Run = Pick<KillOptions, 'mode' | 'accept'> & {
  only: NonNullable<KillOptions['only']>
  available: boolean
}
const runs: Run[] = [
  {
    mode: 'embedded',
    accept: 'database',
    only: ['kill api', 'kill worker', 'kill database'],
    available: true,
  },
  {
    mode: 'redis',
    accept: 'queue',
    only: ['kill redis', 'kill worker', 'kill api', 'kill database'],
    available: probe !== undefined,
  },
]

describe('under kill -9 of workers alone', () => {
  it('first arrivals of one ordering key keep their order', async () => {
    const only = ['kill worker', 'stop worker', 'kill sandbox']
    const report = await runKill({ mode: 'embedded', accept: 'database', only, ...short })
    const order = report.verdicts.find(({ id }) => id === 'R15')!
    expect([order.measured, order.violations]).toEqual([undefined, []])
  }, 300_000)
})

describe.each(runs)(
  'under kill -9, one after the other: $only, $mode',
  ({ mode, accept, only, available }) => {
    it.runIf(available)(
      'nothing answered 202 is lost or doubled, and every delivery ends where it can be seen',
      async () => {
        const report = await runKill({ mode, accept, only, ...short })
        expect(report.acknowledged).toBeGreaterThan(100)
        expect(report.faults.length).toBeGreaterThanOrEqual(only.length)
        expect(report.verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
      },
      300_000,
    )
  },
)
