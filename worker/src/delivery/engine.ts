import type { Sql } from '@whook/drizzle'
import { claimDeliveries, dueLanes, unclaimDeliveries } from '@whook/drizzle/deliveries/claim-deliveries'
import { cancelOrphanedDeliveries, disableGoneDestination } from '@whook/drizzle/deliveries/hold-deliveries'
import type { DeliveryChange } from '@whook/drizzle/deliveries/live-columns'
import { loadBody, loadRequests } from '@whook/drizzle/deliveries/load-requests'
import { loadSettings, ownersOf } from '@whook/drizzle/deliveries/load-settings'
import { bookCrash, crashDelivery, unbookCrashes } from '@whook/drizzle/deliveries/reclaim-deliveries'
import { circuitRules, recordAttempts } from '@whook/drizzle/deliveries/record-attempts'
import { wakeTurns } from '@whook/drizzle/deliveries/wake-turns'
import type { Announcer } from '@whook/runtime/announcer'
import { newId } from '@whook/runtime/ids'
import type { Logger } from '@whook/runtime/logger'
import type { GuardedClient } from '@whook/runtime/outbound/guarded-client'
import type { SecretBox } from '@whook/runtime/secrets'
import { clock } from '@whook/runtime/clock'
import type { Metrics } from '../metrics.js'
import { deliverRequest } from '../processors/deliver-request.js'
import { classifyDatabaseError } from './classify-database-error.js'
import { createAfterRecord, updated } from './after-record.js'
import { createDispatcher } from './dispatcher.js'
import { startHousekeeping } from './housekeeping.js'
import { laneAttemptsMax } from './lanes.js'
import { createMakeCall, isCallOf } from './make-call.js'
import type { Transform } from './parts.js'
import { createPrepareSettings } from './prepare-settings.js'
import { createRecorder } from './recorder.js'
import { createRequestLoader } from './request-loader.js'
import { createSettingsCache } from './settings-cache.js'

/** A worker that cannot reach PostgreSQL for longer may lose its claims to another worker. */
export const leaseSecondsDefault = 15

interface DeliveryEngineDeps {
  sql: Sql
  client: Pick<GuardedClient, 'send'>
  transform: Transform
  secrets: Pick<SecretBox, 'open'>
  announcer: Pick<Announcer, 'publish'>
  metrics: Pick<Metrics, 'attempted' | 'reclaimed'>
  logger: Logger
  /** Maximum attempts in flight. */
  slots: number
  /** Seconds after which another worker takes over the deliveries of a dead worker. */
  leaseSeconds?: number
}

/** Connects the parts of delivery: dispatcher, settings, request loader, recorder and housekeeping. */
export function createDeliveryEngine(deps: DeliveryEngineDeps) {
  const { sql, announcer, logger, slots, leaseSeconds = leaseSecondsDefault } = deps
  const holder = { token: newId(), leaseSeconds, attemptsMax: laneAttemptsMax(slots) }
  const stopped = new Set<string>()
  /** Starts as `all`: settings may have changed while no worker listened. */
  let changed: Set<string> | 'all' = 'all'
  const tell = (changes: DeliveryChange[]) => {
    for (const change of changes) announcer.publish(change.userId, updated(change))
  }

  const settings = createSettingsCache({
    load: (ids) => loadSettings(sql, ids),
    prepare: createPrepareSettings(deps),
    now: () => performance.now(),
  })
  const recorder = createRecorder({
    write: (results) => recordAttempts(sql, holder.token, results),
    recorded: createAfterRecord({
      announcer,
      metrics: deps.metrics,
      logger,
      wakeTurns: (turns) => wakeTurns(sql, turns),
      wake: (ids) => dispatcher.wake(ids),
      takeBack: (ids) => dispatcher.takeBack(ids),
      leftWaiting,
      disableGone,
    }),
    moreComing: () => dispatcher.flying > 0,
    logger,
  })
  const requests = createRequestLoader({
    load: (ids, bodyBytesMax) => loadRequests(sql, ids, bodyBytesMax),
    loadBody: (id) => loadBody(sql, id),
    ownerOf: async (id) => (await settings.get(id))?.userId,
  })
  const dispatcher = createDispatcher({
    claim: (wishes) => claimDeliveries(sql, wishes, holder),
    loadAhead: requests.loadAhead,
    unclaim,
    bookCrash: ({ id }) => bookCrash(sql, holder, id),
    async broke({ id }, error) {
      // When PostgreSQL could not be read, no HTTP request was sent: an attempt begins with loading the stored
      // request.
      if (classifyDatabaseError(error) !== 'refused') await unclaim([id])
      else tell(await crashDelivery(sql, holder, id))
    },
    deliver: deliverRequest({
      settings: settings.get,
      withRequest: requests.withRequest,
      make: createMakeCall({ transform: deps.transform, nowMs: clock.now }),
      send: deps.client.send,
      record: recorder.record,
      nowMs: clock.now,
      random: Math.random,
    }),
    ownersOf: (ids) => ownersOf(sql, ids),
    dueLanes: () => dueLanes(sql),
    stopped: (destinationId) => stopped.add(destinationId),
    logger,
    slots,
    failuresToOpen: circuitRules.failuresToOpen,
    leaseMs: leaseSeconds * 1000,
  })

  function unclaim(ids: string[]) {
    requests.forget(ids)
    return unclaimDeliveries(sql, holder, ids)
  }

  /** Stopped and deleted destinations are not claimed, so their returned deliveries are held or cancelled here. */
  async function leftWaiting(destinationIds: string[]) {
    for (const id of destinationIds) {
      const known = await settings.get(id)
      if (!known) tell(await cancelOrphanedDeliveries(sql, id))
      else if (!known.enabled || known.webhookStatus !== 'active') stopped.add(id)
    }
  }

  async function disableGone(destinationId: string, requestUrl: string) {
    const known = await settings.get(destinationId)
    // The owner may have changed the URL since: the new URL did not answer 410.
    if (!known || !isCallOf(known.url, requestUrl)) return
    if (!(await disableGoneDestination(sql, destinationId, known.url))) return
    stopped.add(destinationId)
    settings.dropWebhooks([known.webhookId])
    const destination = {
      id: destinationId,
      webhookId: known.webhookId,
      enabled: false,
      circuit: 'closed',
    } as const
    announcer.publish(known.userId, {
      type: 'destination.updated',
      destination: { ...destination, disabledReason: 'gone-410' },
    })
  }

  function changedWebhooks() {
    const webhooks = changed === 'all' ? changed : [...changed]
    changed = new Set()
    return webhooks
  }
  function stoppedLanes() {
    const lanes = [...stopped]
    stopped.clear()
    return lanes
  }
  const housekeeping = startHousekeeping({
    sql,
    dispatcher,
    holder,
    tell,
    stoppedLanes,
    changedWebhooks,
    metrics: deps.metrics,
    logger,
  })

  return {
    /** Optional wake-up; polling finds due deliveries anyway. */
    wake(destinationIds: string[]) {
      dispatcher.wake(destinationIds).catch((error: unknown) => {
        logger.warn({ err: error }, 'deliveries.wake-failed')
      })
    },
    settingsChanged(webhookIds: string[]) {
      // Return deliveries claimed under the old settings: they are claimed again.
      dispatcher.takeBack(settings.dropWebhooks(webhookIds))
      if (changed !== 'all') for (const id of webhookIds) changed.add(id)
    },
    /** Drops all cached settings, because the live bus may have missed messages. */
    forget() {
      settings.dropAll()
      changed = 'all'
    },
    flying: () => dispatcher.flying,
    /**
     * Stops claiming and waits for attempts in flight. Resolves to the number of abandoned attempts (their leases
     * expire).
     */
    async close(drainMs: number): Promise<number> {
      const left = await dispatcher.close(drainMs)
      await housekeeping.stop()
      if (left > 0)
        await unbookCrashes(sql, holder).catch((error: unknown) =>
          logger.error({ err: error }, 'deliveries.unbook-failed'),
        )
      return left
    },
  }
}

export type DeliveryEngine = ReturnType<typeof createDeliveryEngine>
