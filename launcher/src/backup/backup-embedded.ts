import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { clusterName, expectInstallation } from '../embedded/data-folder.js'
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js'
import { clusterMark, copyCluster, copyThrough, ownAs } from './copy-cluster.js'

/** Files beside the cluster: the password opens the database, the master key decrypts its secrets. */
const keptBeside = ['postgres-password', 'secret-key']

/**
 * Copies a data folder while Whook runs or is stopped. It uses PostgreSQL's low-level base backup, with the WAL that
 * makes the copy consistent. The copy contains every request that was answered 202 before the backup ended. Returns
 * the bytes copied; throws an error when `target` is not empty.
 */
export async function backupEmbedded(dataDir: string, target: string): Promise<{ bytes: number }> {
  expectInstallation(dataDir)
  await mkdir(target, { recursive: true, mode: 0o711 })
  if ((await readdir(target)).length > 0)
    throw new Error(`${target} is not empty: choose a new or empty folder for the backup`)
  const server = await startEmbeddedPostgres({ dataDir })
  // One connection: a backup must end in the session that began it, and is aborted when that session ends.
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
  // A temporary slot keeps the WAL from the start of the backup. The server drops the slot with the session.
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
