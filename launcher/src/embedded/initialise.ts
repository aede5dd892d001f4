import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from './kept-file.js'
import { run } from './run-as.js'
import type { ServerUser } from './server-user.js'

interface InitialiseOptions {
  /** Folder of the PostgreSQL programs. */
  bin: string
  dataDir: string
  cluster: string
  password: string
  user: ServerUser | undefined
  onProgress: (line: string) => void
}

export const isCluster = (folder: string) => existsSync(join(folder, 'PG_VERSION'))

/**
 * Creates the cluster if it is missing. initdb writes PG_VERSION first and the password near its end. So it runs in a
 * separate folder, which is renamed when it is complete and flushed to the disk. An interrupted run leaves a folder
 * with another name, which the next start removes.
 */
export async function initialise({
  bin,
  dataDir,
  cluster,
  password,
  user,
  onProgress,
}: InitialiseOptions): Promise<void> {
  const [parent, prefix] = [dirname(cluster), `${basename(cluster)}.new-`]
  for (const name of await readdir(parent)) {
    // After its launcher was killed, an initdb may still write into the folder. So the removal is repeated.
    if (name.startsWith(prefix))
      await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10 })
  }
  if (!existsSync(join(dataDir, 'secret-key')) && (await wasCutOff(cluster))) {
    const aside = `${cluster}.cut-off-${randomBytes(4).toString('hex')}`
    await rename(cluster, aside)
    onProgress(
      `An earlier first start was interrupted before it created the database. Its files were moved to ${aside}`,
    )
  }
  if (isCluster(cluster)) return

  // A new name for each run: an earlier initdb may still write into its own folder.
  const fresh = join(parent, prefix + randomBytes(4).toString('hex'))
  const passwordFile = `${fresh}.password`
  await mkdir(fresh, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) for (const path of [fresh, passwordFile]) await chown(path, user.uid, user.gid)
  const options = ['--username=whook', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8']
  try {
    // initdb flushes its files to the disk before it exits.
    const all = [...options, '--locale=C', '--no-instructions', `--pgdata=${fresh}`]
    await run(join(bin, 'initdb'), all, user)
    if (existsSync(cluster)) await rmdir(cluster)
    await rename(fresh, cluster)
  } finally {
    for (const path of [passwordFile, fresh]) await rm(path, { recursive: true, force: true })
  }
  await syncFolder(parent)
}

/** Lowest object id of a database that a user created (FirstNormalObjectId in access/transam.h). */
const firstOwnNumber = 16_384
/** initdb writes the first WAL segment only. */
const firstSegment = '000000010000000000000001'

/**
 * Earlier versions ran initdb in the cluster's own folder. When interrupted, that folder has PG_VERSION, but no
 * database of Whook and no WAL beyond the first segment. No data was ever stored in it. The secret key is created
 * after the database.
 */
async function wasCutOff(cluster: string): Promise<boolean> {
  if (!isCluster(cluster) || existsSync(join(cluster, 'backup_label'))) return false
  const folders = ['base', 'pg_wal'].map((name) => join(cluster, name))
  // initdb creates these folders before PG_VERSION. Without them the folder is an interrupted copy.
  if (!folders.every(existsSync)) return false
  const [databases, logs] = await Promise.all(folders.map((folder) => readdir(folder)))
  const log = logs!.filter((name) => /^[0-9A-F]{24}$/.test(name))
  return (
    databases!.every((name) => !(Number(name) >= firstOwnNumber)) &&
    log.every((name) => name === firstSegment)
  )
}
