import type { Sql } from '@whook/drizzle'
import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { loadBody, loadRequests } from '@whook/drizzle/queries/request/load-requests'
import { loadSettings } from '@whook/drizzle/queries/destination/load-settings'
import { countCrashInAdvance, revertCrashes } from '@whook/drizzle/queries/delivery/reclaim-deliveries'
import { circuitRules, recordAttempts } from '@whook/drizzle/queries/delivery/record-attempts'
import type { Announcer } from '@whook/runtime/announcer'
import { monotonicMs } from '@whook/runtime/clock'
import { newId } from '@whook/runtime/ids'
import type { Logger } from '@whook/runtime/logger'
import type { GuardedClient } from '@whook/runtime/outbound/guarded-client'
import type { SecretBox } from '@whook/runtime/secrets'
import type { Metrics } from '../metrics.js'
import { createAttempt, signOf } from './attempt.js'
import type { Transform } from './build-outbound-request.js'
import { createClaims, createClaimStatements } from './claim/claim.js'
import { createLeases, leaseSecondsDefault } from './claim/leases.js'
import { createEffects } from './effects.js'
import { createEngineEvents } from './engine-events.js'
import { startHousekeeping } from './housekeeping.js'
import { createPrefetch } from './prefetch/prefetch.js'
import { createRequestLoader } from './prefetch/request-loader.js'
import { queueAttemptsMax } from './prefetch/slots.js'
import { createTrials, isSuspect } from './prefetch/trials.js'
import { prepareSettings } from './prepare-settings.js'
import { createRecorder } from './record.js'
import { createSettingsCache } from './settings-cache.js'

/*
 * THE STATES OF A DELIVERY IN THIS ENGINE
 *
 * The row in PostgreSQL is the truth: ARCHITECTURE.md shows its states. A row that this worker holds under its lease is
 * `delivering`. The engine divides `delivering` into the states below. They exist in memory only.
 *
 *              claim             takeNext            releaseSlot          apply
 *   (due row) -------> waiting ------------> attempting ---------> recording -------> applying ---> (row of its result)
 *       ^                 |                      |                     |
 *       |    putBack      |                      |     notRecorded     |
 *       +-----------------+----------------------+---------------------+
 *
 * due row     `pending` or `retrying`, and its time has come. claim/claim.ts knows which destination queues may have
 *             such rows: other parts call notifyDue() after a commit, and poll() queries PostgreSQL every second. It
 *             publishes `queueReady`. prefetch/prefetch.ts then claims while slots or room for prefetch are free.
 * waiting     Claimed under a lease, in the memory of prefetch/slots.ts, without a slot. Its request loads already
 *             (prefetch/request-loader.ts). It leaves by takeNext(), as soon as a slot is free and it is the turn of
 *             its user and its destination. putBack() returns it to `pending` or `retrying`, without an attempt:
 *               - after one second without a slot (releaseStale, every second),
 *               - when its destination opened its circuit (effects.ts) or its settings changed (settingsChanged),
 *               - when an earlier result that may stop its destination is recorded (finish),
 *               - when the worker stops (close).
 * trial       A delivery whose workers were lost twice has its slot, but waits until it can be sent alone. Its crash is
 *             counted first (prefetch/trials.ts). If its lease was lost, it is finished without an attempt.
 * attempting  It holds a slot. attempt.ts loads settings and request, evaluates the filter, runs the scripts, sends,
 *             and decides the result. If the destination fails for the tenth time or answers 410, releaseSlot() halts
 *             its queue until the result is recorded.
 * recording   Its slot is free again. record.ts writes the result with others of up to 25 ms in one statement, and
 *             keeps it without a time limit while PostgreSQL is unavailable. A value that PostgreSQL rejects is
 *             removed from the result.
 * applying    The result is committed. effects.ts publishes it, wakes the next delivery of an ordering slot, and
 *             disables a destination that answered 410. Then finish() ends the halt of the queue.
 * notRecorded An error of PostgreSQL or of this worker ended the attempt. effects.ts puts the delivery back if
 *             PostgreSQL was unavailable: then nothing was sent. Otherwise it counts a crash.
 *
 * In `waiting` to `applying` housekeeping.ts renews the lease. If the lease is lost anyway, the result matches no row
 * and has no effects, and the worker that took the delivery back decides. The row is never changed from memory alone.
 *
 * A destination queue is `ready` (may have due rows), `claiming`, `asleep` until a time (rate limit, open circuit, max
 * concurrency, locked by another worker) or `idle`: see claim/queue-states.ts. A halted queue neither claims nor
 * starts.
 */

interface EngineParts {
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

/** Builds the parts of delivery in the order in which a delivery meets them. Each part uses only parts before it. */
export function createDeliveryEngine(parts: EngineParts) {
  const { sql, client, transform, secrets, announcer, metrics, logger, slots } = parts
  const { leaseSeconds = leaseSecondsDefault } = parts
  const holder = { token: newId(), leaseSeconds, attemptsMax: queueAttemptsMax(slots) }
  const events = createEngineEvents()

  const settings = createSettingsCache({
    load: (ids) => loadSettings(sql, ids),
    prepare: (row) => prepareSettings(row, secrets),
    now: monotonicMs,
  })
  const requests = createRequestLoader({
    load: (ids, bodyBytesMax) => loadRequests(sql, ids, bodyBytesMax),
    loadBody: (id) => loadBody(sql, id),
    ownerOf: async (id) => (await settings.get(id))?.userId,
  })

  const claims = createClaims({ statements: createClaimStatements(sql, holder), events, slots })
  const leases = createLeases(sql, holder)
  const { failuresToOpen } = circuitRules
  const leaseMs = leaseSeconds * 1000
  const prefetch = createPrefetch({ claims, requests, events, logger, slots, failuresToOpen, leaseMs })
  const trials = createTrials({ countCrash: ({ id }) => countCrashInAdvance(sql, holder, id) })
  const attempt = createAttempt({ settings, requests, transform, client })
  const recorder = createRecorder({
    write: (results) => recordAttempts(sql, holder.token, results),
    prefetch,
    logger,
  })
  const effects = createEffects({ sql, holder, settings, claims, prefetch, announcer, metrics, logger })

  async function deliver(claim: Claim) {
    try {
      await (isSuspect(claim) ? trials.runAlone(claim, attemptAndRecord) : attemptAndRecord(claim))
    } catch (error) {
      await effects.notRecorded(claim, error)
    } finally {
      prefetch.finish(claim)
    }
  }

  async function attemptAndRecord(claim: Claim) {
    const result = await attempt(claim)
    prefetch.releaseSlot(claim, signOf(result))
    const batch = await recorder.record(result)
    await effects.apply(batch)
  }

  events.on('startable', () => {
    for (let next = prefetch.takeNext(); next; next = prefetch.takeNext()) void deliver(next)
  })
  const housekeeping = startHousekeeping({ sql, claims, leases, prefetch, effects, metrics, logger })

  return {
    /** Optional wake-up; polling finds due deliveries anyway. */
    wake(destinationIds: string[]) {
      claims.notifyDue(destinationIds).catch((error: unknown) => {
        logger.warn({ err: error }, 'deliveries.wake-failed')
      })
    },
    settingsChanged(webhookIds: string[]) {
      // Put back deliveries claimed under the old settings: they are claimed again.
      prefetch.release(settings.dropWebhooks(webhookIds))
      housekeeping.settingsChanged(webhookIds)
    },
    /** Drops all cached settings, because the live bus may have missed messages. */
    dropSettings() {
      settings.dropAll()
      housekeeping.settingsMayHaveChanged()
    },
    inFlight: () => prefetch.inFlight,
    /**
     * Stops claiming and waits for attempts in flight. Resolves to the number of abandoned attempts (their leases
     * expire).
     */
    async close(drainMs: number): Promise<number> {
      const left = await prefetch.close(drainMs)
      await housekeeping.stop()
      if (left > 0)
        await revertCrashes(sql, holder).catch((error: unknown) =>
          logger.error({ err: error }, 'deliveries.revert-crashes-failed'),
        )
      return left
    },
  }
}

export type DeliveryEngine = ReturnType<typeof createDeliveryEngine>
