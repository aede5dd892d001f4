import { resolve } from 'node:path'
import { connect } from '@whook/drizzle/client'
import { expectInstallation } from './embedded/data-folder.js'
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js'
import { acknowledgeMissing } from '@whook/drizzle/ledger/acknowledge-missing'
import { countUnreadable } from '@whook/drizzle/ledger/unreadable-jobs'
import { verifyLedger } from '@whook/drizzle/ledger/verify-ledger'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/**
 * `npm run verify`: recounts everything, says each difference, and answers whether there was none. With `acknowledge`
 * batches in no place are told a last time: whoever runs Whook knows of them.
 */
export async function verify(
  env: Record<string, string | undefined>,
  { acknowledge = false } = {},
): Promise<boolean> {
  const dataDir = resolve(env['DATA_DIR'] || './data')
  if (!env['DATABASE_URL']) expectInstallation(dataDir)
  const embedded = env['DATABASE_URL'] ? undefined : await startEmbeddedPostgres({ dataDir })
  const { sql, close } = connect(env['DATABASE_URL'] || embedded!.url, {
    poolSize: 1,
    name: 'whook verify',
    statementTimeoutMs: 0,
  })
  try {
    const { webhooks, requests, deliveries, missingBatches, differences } = await verifyLedger(sql)
    say(`Counted again: ${webhooks} webhooks, ${requests} requests, ${deliveries} deliveries.`)
    for (const { webhookId, name, what, counted, rows } of differences) {
      say(`${name} (${webhookId}), ${what}: the ledger says ${counted}, there are ${rows}`)
    }
    if (missingBatches > 0) {
      say(`${missingBatches} accepted batches are in no place.`)
      if (!acknowledge) say('Once you know why, npm run verify -- --acknowledge takes note of them.')
    }
    const unreadable = await countUnreadable(sql)
    if (unreadable > 0)
      say(
        `${unreadable} queued batches were written by another version of Whook. A worker of that version stores them.`,
      )
    if (acknowledge) say(`Taken note of ${await acknowledgeMissing(sql)}: they are counted no more.`)
    const good = differences.length === 0 && unreadable === 0 && (missingBatches === 0 || acknowledge)
    say(good ? '0 unaccounted for.' : 'The ledger does not add up.')
    return good
  } finally {
    await close()
    // One that ran before we came is somebody else's to stop.
    if (embedded && !embedded.attached) await embedded.stop()
  }
}
