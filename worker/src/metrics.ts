import type { AttemptOutcome, Ledger } from '@whook/shared'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

interface Sources {
  /** Jobs waiting, delayed or active. */
  queueDepth: () => Promise<number>
  /** Attempts in flight in this worker. */
  flying: () => number
  /** The conservation ledger of the whole installation. */
  ledger: () => Promise<Ledger>
}

/** What this worker counts, for Prometheus. */
export function createMetrics({ queueDepth, flying, ledger }: Sources) {
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
    help: 'Time from the start of an attempt to its end',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30, 60],
    registers,
  })
  const scripts = new Counter({
    name: 'whook_script_runs_total',
    help: 'Transformations run in the sandbox, by result',
    labelNames: ['result'],
    registers,
  })
  const stored = new Counter({
    name: 'whook_requests_stored_total',
    help: 'Requests stored from the ingest queue',
    registers,
  })
  new Gauge({
    name: 'whook_queue_depth',
    help: 'Jobs waiting, delayed or active in the ingest queue',
    registers,
    async collect() {
      this.set(await queueDepth())
    },
  })
  new Gauge({
    name: 'whook_ledger',
    help: 'The conservation ledger of the installation, by line; unaccounted must be 0',
    labelNames: ['line'],
    registers,
    async collect() {
      for (const [line, count] of Object.entries(await ledger())) this.set({ line }, count)
    },
  })
  new Gauge({
    name: 'whook_deliveries_in_flight',
    help: 'Attempts in flight in this worker',
    registers,
    collect() {
      this.set(flying())
    },
  })

  return {
    attempted(outcome: AttemptOutcome, durationMs: number) {
      attempts.inc({ outcome })
      latency.observe(durationMs / 1000)
    },
    scriptRan: (result: 'returned' | 'filtered' | 'failed' | 'crashed') => scripts.inc({ result }),
    requestsStored: (count: number) => stored.inc(count),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

export type Metrics = ReturnType<typeof createMetrics>
