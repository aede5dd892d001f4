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

/** A worker that is cut off for longer may lose its claims to another one. */
export const leaseSecondsDefault = 15

interface Deps {
  sql: Sql
  client: Pick<GuardedClient, 'send'>
  transform: Transform
  secrets: Pick<SecretBox, 'open'>
  announcer: Pick<Announcer, 'tell'>
  metrics: Pick<Metrics, 'attempted' | 'reclaimed'>
  logger: Logger
  /** Attempts in flight at once. */
  slots: number
  /** Seconds after which another worker takes over from one that is gone. */
  leaseSeconds?: number
}

/** The parts of delivering, joined: who sends next, what is sent, what became of it. */
export function createDeliveryEngine(deps: Deps) {
  const { sql, announcer, logger, slots, leaseSeconds = leaseSecondsDefault } = deps
  const holder = { token: newId(), leaseSeconds, attemptsMax: laneAttemptsMax(slots) }
  const stopped = new Set<string>()
  /** Changes made while no worker listened are among all. */
  let changed: Set<string> | 'all' = 'all'
  const tell = (changes: DeliveryChange[]) => {
    for (const change of changes) announcer.tell(change.userId, updated(change))
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
      // When PostgreSQL could not be read, nothing was sent: an attempt begins with loading the request.
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

  /** A lane that was stopped or deleted meanwhile is not asked for what it has: what came back to it must say so itself. */
  async function leftWaiting(destinationIds: string[]) {
    for (const id of destinationIds) {
      const known = await settings.get(id)
      if (!known) tell(await cancelOrphanedDeliveries(sql, id))
      else if (!known.enabled || known.webhookStatus !== 'active') stopped.add(id)
    }
  }

  async function disableGone(destinationId: string, requestUrl: string) {
    const known = await settings.get(destinationId)
    // Its owner may have changed the address since: the new one has not said that it is gone.
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
    announcer.tell(known.userId, {
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
    /** A hint; without it the next look finds what is due. */
    wake(destinationIds: string[]) {
      dispatcher.wake(destinationIds).catch((error: unknown) => {
        logger.warn({ err: error }, 'deliveries.wake-failed')
      })
    },
    settingsChanged(webhookIds: string[]) {
      // What was claimed under the old settings is claimed anew.
      dispatcher.takeBack(settings.dropWebhooks(webhookIds))
      if (changed !== 'all') for (const id of webhookIds) changed.add(id)
    },
    /** Messages may have been missed. */
    forget() {
      settings.dropAll()
      changed = 'all'
    },
    flying: () => dispatcher.flying,
    /** Takes nothing new, waits for what is in flight; answers how many attempts were left to their leases. */
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
