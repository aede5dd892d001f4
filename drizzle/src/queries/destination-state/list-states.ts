import { inArray } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { destinationState } from '../../schema/index.js'

export type DestinationStateRow = typeof destinationState.$inferSelect

export const listStates = (db: Db, destinationIds: string[]): Promise<DestinationStateRow[]> =>
  db.select().from(destinationState).where(inArray(destinationState.destinationId, destinationIds))
