import { connect } from '@whook/drizzle'
import { listSlugs } from '@whook/drizzle/queries/webhook/list-slugs'
import { markDuplicates } from '@whook/drizzle/queries/request/mark-duplicates'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { limits, type CapturedRequest } from '@whook/shared'
import { createAfterStore } from '@whook/runtime/after-store'
import { newId } from '@whook/runtime/ids'
import { clock } from '@whook/runtime/clock'
import fp from 'fastify-plugin'
import { createAfterStoreQueue } from './after-store-queue.js'
import { createAcceptance, type DurableSink } from './durable-sinks.js'
import { boundUnfinished } from './bound-unfinished.js'
import { createBatcher } from './batcher.js'
import { createIngestHandler, isLargeBody, type IngestHandler } from './ingest-handler.js'
import { createKnownSlugs } from './known-slugs.js'
import { createLoadWebhook } from './load-webhook.js'
import { createRemoteAddress } from './remote-address.js'
import { createSlugCache } from './slug-cache.js'
import { createVerifyCall } from './verify-call.js'

declare module 'fastify' {
  interface FastifyInstance {
    ingest: IngestHandler
  }
}

/**
 * Receives webhook requests. The plugin has its own database connections, so that REST requests cannot delay a webhook.
 */
export default fp(
  async (app) => {
    const { config, queues, liveBus, announcer, metrics, budgets, log } = app
    const client = connect(config.databaseUrl, {
      poolSize: 4,
      name: 'whook ingest',
      statementTimeoutMs: 5000,
    })
    const knownSlugs = createKnownSlugs({ load: () => listSlugs(client.sql) })
    const slugs = createSlugCache({ load: createLoadWebhook(client.db, app.secrets) })
    const afterStore = createAfterStoreQueue({
      afterStore: createAfterStore({
        announcer,
        mark: (requests) => markDuplicates(client.sql, requests),
        logger: log,
      }),
      announcer,
      onUnmarked(requests) {
        metrics.unmarked.inc(requests)
        log.warn({ requests }, 'duplicates.left-out')
      },
    })
    const database: DurableSink = {
      name: 'database',
      timeoutMs: config.redisUrl ? 850 : 1700,
      store: async (batch) => {
        const made = await storeBatch(client.sql, batch)
        if (made) afterStore.add(batch.requests, made)
      },
    }
    const queue: DurableSink = {
      name: 'queue',
      timeoutMs: 850,
      store: (batch) => queues.addBulk('ingest', [{ data: batch }]),
    }
    const inOrder = config.accept === 'queue' ? [queue, database] : [database, queue]

    const accept = createAcceptance({
      // Without Redis the queue is in the same PostgreSQL, so it is not a second sink.
      sinks: (config.redisUrl ? inOrder : [database]).map((sink) => boundUnfinished(sink, unfinishedMax)),
      newId,
      onAccepted: ({ by, requests, durationMs }) => {
        metrics.accepted.inc({ by }, requests)
        metrics.batchSize.observe(requests)
        log.debug({ by, requests, durationMs }, 'requests.accepted')
      },
      onFailed: ({ by, error }) => {
        metrics.acceptFailed.inc({ by })
        log.warn({ by, err: error }, 'accept.failed')
      },
    })
    const bounds = {
      // Two batches in flight hide the round trip to Redis. One commit at a time carries more requests, which is
      // cheaper.
      inFlightMax: config.accept === 'queue' ? 2 : 1,
      bytesMax: limits.batchBytesMax,
      waiting: budgets.waiting,
      waitingMax: 20_000,
      waitMsMax: 3000,
    }
    const small = createBatcher<CapturedRequest>({
      ...bounds,
      itemsMax: limits.batchRequestsMax,
      send: (items) => accept(items),
    })
    const large = createBatcher({
      ...bounds,
      itemsMax: 4,
      send: (items: CapturedRequest[]) => accept(items, 'database'),
    })

    let stopping = false
    app.addHook('preClose', async () => void (stopping = true))
    app.decorate(
      'ingest',
      createIngestHandler({
        slugs,
        knownSlugs,
        accept: (request) => {
          const startedAt = performance.now()
          const batcher = isLargeBody(request) ? large : small
          return batcher
            .add(request, heldBytes(request), [request.userId, request.webhookId])
            .then(() => metrics.ackSeconds.observe((performance.now() - startedAt) / 1000))
        },
        receiving: budgets.receiving,
        verify: createVerifyCall(config.publicUrl),
        usage: app.usage,
        remoteAddress: createRemoteAddress(config.trustProxy),
        bodyLimitBytes: config.bodyLimitBytes,
        isStopping: () => stopping,
        newId,
        now: clock.now,
        onRefused: (reason) => metrics.refused.inc({ reason }),
        onFailed: (error) => log.error({ err: error }, 'ingest.failed'),
      }),
    )

    const stop = await liveBus.subscribe({
      control: (message) => {
        if (message.type !== 'slug.changed') return
        slugs.drop(message.slugs)
        knownSlugs.add(message.slugs)
      },
      gap: () => {
        slugs.invalidate()
        knownSlugs.invalidate()
      },
    })
    app.addHook('onClose', async () => {
      await Promise.all([small.drained(), large.drained()])
      await afterStore.drained()
      await stop()
      await client.close()
    })
  },
  { name: 'ingest', dependencies: ['queues', 'live-bus', 'secrets', 'metrics', 'budgets', 'quotas'] },
)

/** Batches per sink: two batchers with at most two batches in flight each. */
const unfinishedMax = 4

/** Estimated memory of a captured request: its text or base64, its headers, and about 1,000 bytes of objects. */
function heldBytes({ text, base64, headers }: CapturedRequest): number {
  let bytes = 1000 + (text ?? base64 ?? '').length
  for (const part of headers) bytes += part.length
  return bytes
}
