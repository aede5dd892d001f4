import type { Sql } from '@whook/drizzle'
import { claimPending } from '@whook/drizzle/queries/pending-verification/claim-pending'
import { wakeOrderingSlots } from '@whook/drizzle/queries/delivery/wake-turns'
import { recordVerified, verifiedBefore } from '@whook/drizzle/queries/pending-verification/record-verified'
import type { Announcer } from '@whook/runtime/announcer'
import type { Logger } from '@whook/runtime/logger'
import type { GuardedClient } from '@whook/runtime/outbound/guarded-client'
import type { SecretBox } from '@whook/runtime/secrets'
import { createCertificates } from '@whook/runtime/signatures/certificates'
import { deliveryUpdated } from '../delivery/effects.js'
import { repeat } from '../delivery/repeat.js'
import { verifyRequest } from './verify-request.js'

interface VerifyPendingDeps {
  sql: Sql
  client: Pick<GuardedClient, 'send'>
  secrets: Pick<SecretBox, 'open'>
  announcer: Pick<Announcer, 'publish' | 'deliveriesDue'>
  logger: Pick<Logger, 'error'>
}

/** The bodies of a batch are in memory until it is judged: at most 2 MiB each, nearly always a few kilobytes. */
const batchMax = 20
const pollEveryMs = 1000

/**
 * Verifies requests that were stored before the certificate of their sender was fetched. All workers share the
 * batches.
 */
export function startVerifying({ sql, client, secrets, announcer, logger }: VerifyPendingDeps) {
  const verify = verifyRequest({
    certificates: createCertificates(client),
    send: client.send,
    secrets,
    verifiedBefore: (id) => verifiedBefore(sql, id),
  })
  return repeat(
    'requests.verify',
    pollEveryMs,
    async () => {
      const pending = await claimPending(sql, batchMax)
      if (pending.length === 0) return pollEveryMs
      const judged = await Promise.all(pending.map(verify))
      const { moved, freedSlots } = await recordVerified(sql, judged)
      for (const { userId, webhookId, id } of pending)
        announcer.publish(userId, { type: 'request.verified', webhookId, requestId: id })
      for (const change of moved) announcer.publish(change.userId, deliveryUpdated(change))
      const due = moved.flatMap(({ status, destinationId }) => (status === 'pending' ? [destinationId] : []))
      announcer.deliveriesDue([...due, ...(await wakeOrderingSlots(sql, freedSlots))])
      return 0
    },
    logger,
  )
}
