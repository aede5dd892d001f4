import type { Sql } from '@whook/drizzle'
import { storeBatch } from '@whook/drizzle/store/store-batch'
import { IngestRequestsJob } from '@whook/shared'
import { storedMessage, type Announcer } from '@whook/shared/server/announcer'
import { unprocessable } from '@whook/shared/server/queues'
import { Value } from 'typebox/value'

interface Deps {
  sql: Sql
  announcer: Pick<Announcer, 'tell' | 'deliveriesDue'>
  /** Due deliveries were made by this very process: it need not wait for the bus to say so. */
  onDue: (destinationIds: string[]) => void
}

/** One accepted batch: store it with its deliveries, then tell. Safe to run any number of times. */
export const ingestRequests =
  ({ sql, announcer, onDue }: Deps) =>
  async ({ data }: { data: unknown }): Promise<void> => {
    if (!Value.Check(IngestRequestsJob, data)) throw unprocessable('the job is no batch of requests')

    const made = await storeBatch(sql, data)
    if (!made) return

    const owners = await ownersOf(
      sql,
      data.requests.map(({ webhookId }) => webhookId),
    )
    const counts = new Map<string, number>()
    for (const { requestId } of made) counts.set(requestId, (counts.get(requestId) ?? 0) + 1)
    for (const request of data.requests) {
      const owner = owners.get(request.webhookId)
      if (owner) announcer.tell(owner, storedMessage(request, counts.get(request.id) ?? 0))
    }
    const destinationIds = [...new Set(made.map(({ destinationId }) => destinationId))]
    onDue(destinationIds)
    announcer.deliveriesDue(destinationIds)
  }

async function ownersOf(sql: Sql, webhookIds: string[]): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; user_id: string }[]>`
    select id, user_id from webhook where id = any(${[...new Set(webhookIds)]}::uuid[])`
  return new Map(rows.map(({ id, user_id }) => [id, user_id]))
}
