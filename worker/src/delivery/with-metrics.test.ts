import { createSandbox } from '@whook/runtime/sandbox/sandbox'
import { expect, it } from 'vitest'
import { createMetrics } from '../metrics.js'
import { withMetrics } from './with-metrics.js'

it('counts every run of a script by its result', async () => {
  const metrics = createMetrics({
    queueDepth: async () => 0,
    inFlight: () => 0,
    ledger: async () => ({}) as never,
    circuits: async () => ({ open: 0, 'half-open': 0 }),
    partitions: async () => ({ daysAhead: 7, defaultRows: 0 }),
    unreadable: async () => 0,
    clockErrorMs: () => 0,
  })
  const sandbox = createSandbox({ queueMax: 10 })
  const run = withMetrics(sandbox.run, metrics)
  const request = { id: 'r', method: 'POST', path: '', query: '', headers: [], body: Buffer.from('{}') }
  try {
    for (const result of ['data', 'null', 'missing.thing']) {
      const script = `function transform(data) { return ${result} }`
      await run({ script, request: { ...request, webhookId: 'w' } as never, tenant: 't' })
    }
  } finally {
    await sandbox.close()
  }
  const text = await metrics.text()
  for (const result of ['returned', 'filtered', 'failed'])
    expect(text).toContain(`whook_script_runs_total{result="${result}"} 1`)
})
