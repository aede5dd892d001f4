import { eq } from 'drizzle-orm'
import { destination, destinationState } from '../../schema/index.js'
import { withinLimit, type CountLimit, type Transaction } from '../../within-limit.js'
import type { DestinationRow } from './find-destination.js'

/**
 * Inserts a destination and its state. Throws the error of the limit when the webhook has `max` destinations.
 */
export async function createDestination(
  tx: Transaction,
  values: typeof destination.$inferInsert,
  limit: CountLimit,
): Promise<DestinationRow> {
  const { webhookId } = values
  const where = eq(destination.webhookId, webhookId)
  await withinLimit(tx, { owner: { webhookId }, table: destination, where, ...limit })
  const [row] = await tx.insert(destination).values(values).returning()
  await tx.insert(destinationState).values({ destinationId: row!.id })
  return row!
}
