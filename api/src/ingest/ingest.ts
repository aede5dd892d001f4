import { connect } from '@whook/drizzle'
import { markDuplicates } from '@whook/drizzle/store/mark-duplicates'
import { storeBatch, type Batch, type MadeDelivery } from '@whook/drizzle/store/store-batch'
import { limits, type CapturedRequest } from '@whook/shared'
import { announceStored } from '@whook/shared/server/announcer'
import { newId } from '@whook/shared/server/ids'
import fp from 'fastify-plugin'
import { createAcceptance, type Acceptor } from './acceptors.js'
import { createBatcher } from './batcher.js'
import { createIngestHandler, isLargeBody, type IngestHandler } from './ingest-handler.js'
import { createKnownSlugs } from './known-slugs.js'
import { allSlugs, createLoadWebhook } from './load-webhook.js'
import { createRemoteAddress } from './remote-address.js'
import { createSlugCache } from './slug-cache.js'
import { createVerifyCall } from './verify-call.js'

declare module 'fastify' {
  interface FastifyInstance {
    ingest: IngestHandler
  }
}

/** The first door: services knock. Has connections of its own, so that no page or script can keep a webhook waiting. */
export default fp(
  async (app) => {
    const { config, queues, liveBus, announcer, metrics, log } = app
    const client = connect(config.databaseUrl, {
      poolSize: 4,
      name: 'whook ingest',
      statementTimeoutMs: 5000,
    })
    const knownSlugs = createKnownSlugs({ load: () => allSlugs(client.sql) })
    const slugs = createSlugCache({ load: createLoadWebhook(client.db, app.secrets) })
    let telling: Promise<void> = Promise.resolve()
    const database: Acceptor = {
      name: 'database',
      timeoutMs: config.redisUrl ? 850 : 1700,
      accept: async (batch) => {
        const made = await storeBatch(client.sql, batch)
        if (!made) return
        // The answer does not wait for this batch to be told of, only for the one before it.
        await telling
        telling = tell(batch, made)
      },
    }
    const queue: Acceptor = {
      name: 'queue',
      timeoutMs: 850,
      accept: (batch) => queues.addBulk('ingest', [{ data: batch }]),
    }
    const inOrder = config.accept === 'queue' ? [queue, database] : [database, queue]

    const accept = createAcceptance({
      // Without Redis the queue lives in the same PostgreSQL: it is no second place.
      acceptors: config.redisUrl ? inOrder : [database],
      instanceId: newId(),
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
      // Two hide the way to Redis and back. A commit is cheaper the more it carries, and one at a time carries more.
      inFlightMax: config.accept === 'queue' ? 2 : 1,
      bytesMax: limits.batchBytesMax,
      waitingMax: 20_000,
      waitingBytesMax: 64 * 2 ** 20,
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

    async function tell({ requests }: Batch, made: MadeDelivery[]) {
      const duplicates = await markDuplicates(client.sql, requests).catch((error: unknown) => {
        log.warn({ err: error }, 'duplicates.not-marked')
        return new Map<string, string>()
      })
      announceStored(announcer, requests, made, duplicates)
    }

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
            .add(request, request.size + 500)
            .then(() => metrics.ackSeconds.observe((performance.now() - startedAt) / 1000))
        },
        verify: createVerifyCall(config.publicUrl),
        remoteAddress: createRemoteAddress(config.trustProxy),
        bodyLimitBytes: config.bodyLimitBytes,
        isStopping: () => stopping,
        newId,
        now: Date.now,
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
        slugs.doubt()
        knownSlugs.doubt()
      },
    })
    app.addHook('onClose', async () => {
      await Promise.all([small.drained(), large.drained()])
      await telling
      await stop()
      await client.close()
    })
  },
  { name: 'ingest', dependencies: ['queues', 'live-bus', 'secrets', 'metrics'] },
)
