import { createAfterStore } from '@whook/runtime/after-store'
import { connect } from '@whook/drizzle'
import { countCircuits } from '@whook/drizzle/queries/destination-state/count-circuits'
import type { DeliveryChange } from '@whook/drizzle/queries/delivery/live-columns'
import { waitForDatabase } from '@whook/drizzle/wait-for-database'
import { readInstallationLedger } from '@whook/drizzle/queries/ledger/read-ledger'
import { compactCounters } from '@whook/drizzle/maintenance/compact'
import { keepClock } from '@whook/drizzle/keep-clock'
import {
  countUnreadable,
  forgetUnreadable,
  noteUnreadable,
} from '@whook/drizzle/queries/ledger/unreadable-jobs'
import { claimTurn } from '@whook/drizzle/maintenance/claim-turn'
import { followClock } from '@whook/drizzle/maintenance/follow-clock'
import { ensurePartitions, readPartitions } from '@whook/drizzle/maintenance/partitions'
import { purgeSteps } from '@whook/drizzle/maintenance/purge'
import { retentionSteps } from '@whook/drizzle/maintenance/retention'
import { markDuplicates } from '@whook/drizzle/queries/request/mark-duplicates'
import { storeBatches } from '@whook/drizzle/queries/request/store-batch'
import { createAnnouncer } from '@whook/runtime/announcer'
import type { Config } from '@whook/runtime/config'
import { createLiveBus } from '@whook/runtime/live-bus/live-bus'
import type { Logger } from '@whook/runtime/logger'
import { createAddressPolicy } from '@whook/runtime/outbound/address-policy'
import { createGuardedClient } from '@whook/runtime/outbound/guarded-client'
import { ownServers } from '@whook/runtime/outbound/own-servers'
import { createQueues } from '@whook/runtime/queues/queues'
import { createSandbox } from '@whook/runtime/sandbox/sandbox'
import { createSecretBox } from '@whook/runtime/secrets'
import { clock } from '@whook/runtime/clock'
import { deliveryUpdated } from './delivery/effects.js'
import { createDeliveryEngine } from './delivery/engine.js'
import { listenToControl } from './delivery/listen-to-control.js'
import { startReplays } from './delivery/run-replays.js'
import { withMetrics } from './delivery/with-metrics.js'
import { createMetrics } from './metrics.js'
import { ingestRequests } from './processors/ingest-requests.js'
import { reEncryptSecrets } from './processors/re-encrypt-secrets.js'
import { startMaintenance } from './processors/run-maintenance.js'
import { storeTogether } from './processors/store-together.js'
import { startVerifying } from './processors/verify-pending.js'
import { serveMetrics } from './serve-metrics.js'

/** Maximum concurrent jobs. The retries of a job are defined in runtime/src/queues. */
const concurrency = { ingest: 16 }

/**
 * Connections of the maintenance only, opened on demand: a long clean-up uses no connection of the deliveries.
 * Counting the rows of a whole day before its partition is dropped can take minutes.
 */
const maintenancePool = { poolSize: 3, name: 'whook maintenance', statementTimeoutMs: 300_000 }

/** Maximum concurrent store transactions (one connection each), and maximum batches in one transaction. */
const storing = { transactionsMax: 2, batchesMax: 8 }

/**
 * Milliseconds that a stopping worker waits for attempts in flight. Longer ones are abandoned until their leases
 * expire.
 */
const drainMs = 15_000

/**
 * Starts the pipeline: queue consumers, delivery engine, replays, verification and maintenance. Resolves when all
 * run.
 */
export async function startWorker(config: Config, logger: Logger) {
  const onWaiting = (error: unknown) =>
    logger.warn({ err: error }, 'start.waiting: PostgreSQL is not available yet')
  await waitForDatabase(config.databaseUrl, onWaiting)
  const { sql, close: closeDatabase } = connect(config.databaseUrl, {
    poolSize: config.poolSize,
    name: 'whook worker',
  })
  const { sql: maintenanceSql, close: closeMaintenance } = connect(config.databaseUrl, maintenancePool)
  const keeping = await keepClock(sql)
  const queues = createQueues({ ...config, logger })
  const liveBus = createLiveBus({ ...config, logger })
  const announcer = createAnnouncer({ liveBus, logger })
  const addresses = createAddressPolicy({ ...config, denied: ownServers(config) })
  const client = createGuardedClient({ addresses })
  const secrets = createSecretBox(config)
  const metrics = createMetrics({
    queueDepth: () => queues.depth('ingest'),
    inFlight: () => engine.inFlight(),
    ledger: () => readInstallationLedger(sql),
    circuits: () => countCircuits(sql),
    partitions: () => readPartitions(sql),
    unreadable: () => countUnreadable(sql),
    clockErrorMs: clock.wallError,
  })
  const sandbox = createSandbox({ queueMax: config.workerConcurrency })
  const engine = createDeliveryEngine({
    sql,
    client,
    secrets,
    announcer,
    metrics,
    logger,
    slots: config.workerConcurrency,
    transform: withMetrics(sandbox.run, metrics),
  })
  const metricsServer =
    config.workerMetricsPort !== undefined &&
    (await serveMetrics(metrics, { host: config.host, port: config.workerMetricsPort }))
  const replays = startReplays({ sql, announcer, wake: engine.wake, logger })
  const verifying = startVerifying({ sql, client, secrets, announcer, logger })
  const stopListening = await listenToControl({ liveBus, engine })

  const afterStore = createAfterStore({
    mark: (requests) => markDuplicates(sql, requests),
    announcer,
    onDue: engine.wake,
    logger,
  })
  const store = storeTogether({ ...storing, store: (batches) => storeBatches(sql, batches) })
  queues.process(
    'ingest',
    concurrency.ingest,
    ingestRequests({
      store,
      onStored: metrics.requestsStored,
      nowMs: clock.now,
      afterStore,
      setAside: (jobId) => noteUnreadable(sql, jobId),
      storedAfterAll: (jobId) => forgetUnreadable(sql, jobId),
    }),
  )

  const { retentionDays } = config
  const onEnded = (changes: DeliveryChange[]) => {
    metrics.expired(changes.length)
    for (const change of changes) announcer.publish(change.userId, deliveryUpdated(change))
  }
  const maintenance = startMaintenance({
    claimTurn: (task, everyMs) => claimTurn(maintenanceSql, task, everyMs),
    tasks: {
      compact: {
        counters: () => compactCounters(maintenanceSql),
        clock: () => followClock(maintenanceSql),
      },
      partitions: { days: () => ensurePartitions(maintenanceSql) },
      retention: retentionSteps(maintenanceSql, { retentionDays, onEnded }),
      purge: {
        ...purgeSteps(maintenanceSql, { retentionDays }),
        seals: () => reEncryptSecrets({ sql: maintenanceSql, secrets, logger }),
      },
      queue: { ingest: () => queues.retryNow('ingest') },
    },
    metrics,
    logger,
  })

  return {
    async close() {
      const maintained = maintenance.stop()
      await Promise.all([stopListening(), replays.stop(), closeMaintenance()])
      const [left] = await Promise.all([engine.close(drainMs), queues.close(), verifying.stop(), maintained])
      if (left > 0) logger.warn({ deliveries: left }, 'worker.left-in-flight')
      await announcer.close()
      await liveBus.close()
      if (metricsServer) await metricsServer.close()
      await Promise.all([client.close(), sandbox.close()])
      await keeping.stop()
      await closeDatabase()
    },
  }
}
