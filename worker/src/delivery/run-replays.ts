import type { Sql } from '@whook/drizzle'
import { readReplay } from '@whook/drizzle/queries/replay/bulk-replay'
import { stepReplay } from '@whook/drizzle/queries/replay/step-replay'
import type { Announcer } from '@whook/runtime/announcer'
import type { Logger } from '@whook/runtime/logger'
import { repeat } from './repeat.js'

interface ReplaysDeps {
  sql: Sql
  announcer: Pick<Announcer, 'publish' | 'deliveriesDue'>
  wake: (destinationIds: string[]) => void
  logger: Pick<Logger, 'error'>
}

/** Milliseconds between two batches, so that new requests do not wait for the end of a replay. */
const betweenBatchesMs = 250
const pollEveryMs = 1000

/** Runs bulk replays batch by batch. Any free worker runs the next batch. */
export const startReplays = ({ sql, announcer, wake, logger }: ReplaysDeps) =>
  repeat(
    'replays.step',
    pollEveryMs,
    async () => {
      const step = await stepReplay(sql)
      if (!step) return pollEveryMs
      if (step.error) logger.error({ err: step.error, replayId: step.replayId }, 'replays.step-failed')
      const replay = await readReplay(sql, step.replayId, null)
      if (replay) announcer.publish(step.userId, { type: 'replay.updated', replay })
      wake(step.destinationIds)
      announcer.deliveriesDue(step.destinationIds)
      return betweenBatchesMs
    },
    logger,
  )
