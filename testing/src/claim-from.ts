import { newId } from '@whook/runtime/ids'
import type { Sql } from '@whook/drizzle/client'
import { claimDeliveries } from '@whook/drizzle/queries/delivery/claim-deliveries'

/** Returns the lease holder of a new worker. */
export const worker = ({ attemptsMax = 50 } = {}) => ({ token: newId(), leaseSeconds: 20, attemptsMax })

/** Claims deliveries of one destination. Returns them and the state of its queue afterwards. */
export async function claimFrom(sql: Sql, destinationId: string, count = 100, holder = worker()) {
  const { claims, queues } = await claimDeliveries(sql, [{ destinationId, count }], holder)
  return { ids: claims.map((claim) => claim.id), claims, ...queues[0]! }
}
