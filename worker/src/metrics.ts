import { attemptOutcomes, type AttemptOutcome, type Ledger } from '@whook/shared'
import { withTimeout } from '@whook/runtime/with-timeout'
import { maintenanceTasks, type MaintenanceTask } from './processors/run-maintenance.js'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Milliseconds; the default scrape timeout of Prometheus is ten seconds. */
const readMs = 3000

interface MetricSources {
  /** Jobs waiting, delayed or active. */
  queueDepth: () => Promise<number>
  /** Attempts in flight in this worker. */
  inFlight: () => number
  /** The ledger of the whole installation. */
  ledger: () => Promise<Ledger>
  /** Destinations of the whole installation whose circuit is not closed, by state. */
  circuits: () => Promise<Record<'open' | 'half-open', number>>
  partitions: () => Promise<{ daysAhead: number; defaultRows: number }>
  /** Queued batches that only another version of the worker can read. */
  unreadable: () => Promise<number>
  /** Milliseconds: the wall clock of this process minus the clock of the database. */
  clockErrorMs: () => number
}

const scriptResults = ['returned', 'filtered', 'failed', 'crashed'] as const

/** Creates the Prometheus metrics of this worker. */
export function createMetrics({
  queueDepth,
  inFlight,
  ledger,
  circuits,
  partitions,
  unreadable,
  clockErrorMs,
}: MetricSources) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'whook_worker_' })
  const registers = [registry]

  const attempts = new Counter({
    name: 'whook_delivery_attempts_total',
    help: 'Attempts by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const latency = new Histogram({
    name: 'whook_delivery_attempt_seconds',
    help: 'Duration of an attempt',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30, 60],
    registers,
  })
  const scripts = new Counter({
    name: 'whook_script_runs_total',
    help: 'Transformations run in the sandbox, by result',
    labelNames: ['result'],
    registers,
  })
  const reclaimed = new Counter({
    name: 'whook_deliveries_reclaimed_total',
    help: 'Deliveries reclaimed from dead workers after their lease expired',
    registers,
  })
  const stored = new Counter({
    name: 'whook_requests_stored_total',
    help: 'Requests stored from the ingest queue',
    registers,
  })
  const storeDelay = new Histogram({
    name: 'whook_store_delay_seconds',
    help: 'Time from receipt of the oldest request of a queued batch until the batch is stored',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
    registers,
  })
  new Gauge({
    name: 'whook_queue_depth',
    help: 'Jobs waiting, delayed or active in the ingest queue',
    registers,
    async collect() {
      this.remove()
      await setIfAvailable(queueDepth, (depth) => this.set(depth))
    },
  })
  new Gauge({
    name: 'whook_ledger',
    help: 'Ledger of the installation, by line; unaccounted must be 0',
    labelNames: ['line'],
    registers,
    async collect() {
      this.reset()
      await setIfAvailable(ledger, (lines) => {
        for (const [line, count] of Object.entries(lines)) this.set({ line }, count)
      })
    },
  })
  new Gauge({
    name: 'whook_circuits',
    help: 'Destinations of the installation whose circuit is open or half-open, by state',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      await setIfAvailable(circuits, (states) => {
        for (const [state, count] of Object.entries(states)) this.set({ state }, count)
      })
    },
  })
  const maintenanceFailures = new Counter({
    name: 'whook_maintenance_failures_total',
    help: 'Failed maintenance steps, by task; the other steps run anyway',
    labelNames: ['task'],
    registers,
  })
  const expired = new Counter({
    name: 'whook_deliveries_expired_total',
    help: 'Deliveries ended because the retention of their request expired before they were delivered',
    registers,
  })
  new Gauge({
    name: 'whook_partition_days_ahead',
    help: 'Number of days after today that have partitions',
    registers,
    async collect() {
      this.remove()
      await setIfAvailable(partitions, ({ daysAhead }) => this.set(daysAhead))
    },
  })
  new Gauge({
    name: 'whook_default_partition_rows',
    help: 'Rows in the default partitions because the partition of their day is missing; must be 0',
    registers,
    async collect() {
      this.remove()
      await setIfAvailable(partitions, ({ defaultRows }) => this.set(defaultRows))
    },
  })
  new Gauge({
    name: 'whook_queue_unreadable',
    help: 'Queued batches of another version of Whook; a worker of that version stores them',
    registers,
    async collect() {
      this.remove()
      await setIfAvailable(unreadable, (jobs) => this.set(jobs))
    },
  })
  new Gauge({
    name: 'whook_worker_clock_error_seconds',
    help: 'Wall clock of this process minus the clock of the database; Whook uses the clock of the database',
    registers,
    collect() {
      this.set(clockErrorMs() / 1000)
    },
  })
  new Gauge({
    name: 'whook_deliveries_in_flight',
    help: 'Attempts in flight in this worker',
    registers,
    collect() {
      this.set(inFlight())
    },
  })

  // Export zeros from the start: rate() does not see the first increment of a new counter.
  for (const outcome of attemptOutcomes) attempts.inc({ outcome }, 0)
  for (const result of scriptResults) scripts.inc({ result }, 0)
  for (const task of maintenanceTasks) maintenanceFailures.inc({ task }, 0)

  return {
    attempted(outcome: AttemptOutcome, durationMs: number) {
      attempts.inc({ outcome })
      latency.observe(durationMs / 1000)
    },
    scriptRan: (result: (typeof scriptResults)[number]) => scripts.inc({ result }),
    reclaimed: (count: number) => reclaimed.inc(count),
    expired: (count: number) => expired.inc(count),
    maintenanceFailed: (task: MaintenanceTask) => maintenanceFailures.inc({ task }),
    requestsStored(count: number, oldestAgeMs: number) {
      stored.inc(count)
      storeDelay.observe(Math.max(0, oldestAgeMs) / 1000)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** Omits a metric while PostgreSQL or Redis is unavailable. The metrics of this process are exported anyway. */
async function setIfAvailable<T>(read: () => Promise<T>, set: (value: T) => void): Promise<void> {
  try {
    set(await withTimeout(read(), readMs, 'a metric'))
  } catch {
    // The metric is absent. The component that uses the database or queue logs the reason.
  }
}

export type Metrics = ReturnType<typeof createMetrics>
