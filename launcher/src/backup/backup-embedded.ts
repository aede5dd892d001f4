import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { clusterName, expectInstallation } from '../embedded/data-folder.js'
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js'
import { clusterMark, copyCluster, copyThrough, ownAs } from './copy-cluster.js'

/** Beside the database: without them it cannot be opened, nor its secrets read. */
const keptBeside = ['postgres-password', 'secret-key']

/**
 * A whole data folder, copied while Whook runs or while it is stopped: PostgreSQL's own low-level base backup, with the
 * log that makes the copy consistent. Started on it, Whook has all that was answered 202 before the backup ended.
 */
export async function backupEmbedded(dataDir: string, target: string): Promise<{ bytes: number }> {
  expectInstallation(dataDir)
  await mkdir(target, { recursive: true, mode: 0o711 })
  if ((await readdir(target)).length > 0)
    throw new Error(`${target} is not empty: a backup gets a folder of its own`)
  const server = await startEmbeddedPostgres({ dataDir })
  // One connection: a backup ends in the session that began it, and with it.
  const sql = postgres(server.url, { max: 1, onnotice: () => {}, connection: { statement_timeout: 0 } })
  try {
    const bytes = await copyWhileItRuns(sql, join(target, clusterName))
    for (const name of keptBeside) await copyThrough(join(resolve(dataDir), name), join(target, name))
    return { bytes }
  } finally {
    await sql.end({ timeout: 5 })
    if (!server.attached) await server.stop()
  }
}

async function copyWhileItRuns(sql: postgres.Sql, target: string): Promise<number> {
  const [{ folder }] = await sql<[{ folder: string }]>`select current_setting('data_directory') as folder`
  // Keeps the log from the first byte of the backup on; gone with the session.
  await sql`select pg_create_physical_replication_slot(${`whook_backup_${process.pid}`}, true, true)`
  await sql`select pg_backup_start('whook', fast => true)`
  const bytes = await copyCluster(folder, target)
  const [{ label, first, last }] = await sql<[{ label: string; first: string; last: string }]>`
    select labelfile as label, substring(labelfile from 'file ([0-9A-F]{24})') as first, pg_walfile_name(lsn) as last
    from pg_backup_stop(wait_for_archive => false)`
  const labelFile = join(target, 'backup_label')
  await writeFile(labelFile, label, { flush: true, mode: 0o600 })
  await ownAs(folder, labelFile)
  const log = (await readdir(join(folder, 'pg_wal'))).filter((name) => name >= first && name <= last)
  let total = bytes
  for (const name of log)
    total += await copyThrough(join(folder, 'pg_wal', name), join(target, 'pg_wal', name))
  return total + (await copyThrough(join(folder, clusterMark), join(target, clusterMark)))
}
