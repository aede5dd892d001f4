import { expect, it } from 'vitest'
import { createMetrics } from './metrics.js'

const ledger = { accepted: 7, unaccounted: 0 } as never
const sources = {
  queueDepth: async () => 3,
  inFlight: () => 2,
  ledger: async () => ledger,
  circuits: async () => ({ open: 1, 'half-open': 0 }),
  partitions: async () => ({ daysAhead: 7, defaultRows: 2 }),
  unreadable: async () => 4,
  clockErrorMs: () => 1500,
}

it('exports the counters of the worker and the values of PostgreSQL and the queue', async () => {
  const metrics = createMetrics(sources)
  metrics.requestsStored(20, 40)
  const text = await metrics.text()
  for (const line of [
    'whook_queue_depth 3',
    'whook_deliveries_in_flight 2',
    'whook_ledger{line="accepted"} 7',
    'whook_circuits{state="open"} 1',
    'whook_partition_days_ahead 7',
    'whook_default_partition_rows 2',
    'whook_queue_unreadable 4',
    'whook_worker_clock_error_seconds 1.5',
    'whook_maintenance_failures_total{task="purge"} 0',
    'whook_requests_stored_total 20',
    'whook_store_delay_seconds_bucket{le="0.05"} 1',
    'whook_store_delay_seconds_bucket{le="0.025"} 0',
  ])
    expect(text).toContain(`${line}\n`)
})

it('omits metrics when their source is unavailable and exports the others', async () => {
  const away = async () => Promise.reject(new Error('away'))
  let there = true
  const metrics = createMetrics({
    ...sources,
    queueDepth: () => (there ? sources.queueDepth() : away()),
    ledger: () => (there ? sources.ledger() : away()),
    circuits: () => (there ? sources.circuits() : away()),
    partitions: () => (there ? sources.partitions() : away()),
    unreadable: () => (there ? sources.unreadable() : away()),
  })
  expect(await metrics.text()).toContain('whook_queue_depth 3\n')
  there = false
  const text = await metrics.text()
  expect(text).toContain('whook_deliveries_in_flight 2\n')
  expect(text).not.toMatch(
    /^whook_(queue_depth|ledger|circuits|partition_days_ahead|default_partition_rows|queue_unreadable)[ {]/m,
  )
})
