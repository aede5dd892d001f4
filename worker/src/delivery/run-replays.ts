import type { Sql } from '@whook/drizzle'
import { readReplay } from '@whook/drizzle/replays/bulk-replay'
import { stepReplay } from '@whook/drizzle/replays/step-replay'
import type { Announcer } from '@whook/runtime/announcer'
import type { Logger } from '@whook/runtime/logger'
import { repeat } from './repeat.js'

interface Deps {
  sql: Sql
  announcer: Pick<Announcer, 'tell' | 'deliveriesDue'>
  wake: (destinationIds: string[]) => void
  logger: Pick<Logger, 'error'>
}

/** Milliseconds between two batches, so that what arrives meanwhile does not wait behind a whole replay. */
const paceMs = 250
const lookEveryMs = 1000

/** Bulk replays, batch by batch; whichever worker is free does the next one. */
export const startReplays = ({ sql, announcer, wake, logger }: Deps) =>
  repeat(
    'replays.step',
    lookEveryMs,
    async () => {
      const step = await stepReplay(sql)
      if (!step) return lookEveryMs
      if (step.error) logger.error({ err: step.error, replayId: step.replayId }, 'replays.step-failed')
      const replay = await readReplay(sql, step.replayId, null)
      if (replay) announcer.tell(step.userId, { type: 'replay.updated', replay })
      wake(step.destinationIds)
      announcer.deliveriesDue(step.destinationIds)
      return paceMs
    },
    logger,
  )
