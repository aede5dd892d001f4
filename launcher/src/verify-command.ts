import { resolve } from 'node:path'
import { connect } from '@whook/drizzle/client'
import { expectInstallation } from './embedded/data-folder.js'
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js'
import { acknowledgeMissing } from '@whook/drizzle/queries/ledger/acknowledge-missing'
import { countUnreadable } from '@whook/drizzle/queries/ledger/unreadable-jobs'
import { verifyLedger } from '@whook/drizzle/queries/ledger/verify-ledger'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/**
 * `npm run verify`: recounts all rows and prints each difference. Returns true when the ledger matches the rows.
 * `acknowledge` marks missing batches as known, so that the ledger no longer counts them.
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
    say(`Recounted ${webhooks} webhooks, ${requests} requests, ${deliveries} deliveries.`)
    for (const { webhookId, name, what, counted, rows } of differences) {
      say(`${name} (${webhookId}), ${what}: ledger ${counted}, rows ${rows}`)
    }
    if (missingBatches > 0) {
      say(`${missingBatches} accepted batches are missing: neither queued nor stored.`)
      if (!acknowledge) say('When you know the cause, acknowledge them: npm run verify -- --acknowledge')
    }
    const unreadable = await countUnreadable(sql)
    if (unreadable > 0)
      say(
        `${unreadable} queued batches were written by another version of Whook. Run a worker of that version to store them.`,
      )
    if (acknowledge) {
      say(`Acknowledged ${await acknowledgeMissing(sql)} missing batches. The ledger no longer counts them.`)
    }
    const good = differences.length === 0 && unreadable === 0 && (missingBatches === 0 || acknowledge)
    say(good ? 'Ledger verified: 0 unaccounted for.' : 'Ledger verification failed.')
    return good
  } finally {
    await close()
    // An attached server belongs to a running installation: do not stop it.
    if (embedded && !embedded.attached) await embedded.stop()
  }
}
