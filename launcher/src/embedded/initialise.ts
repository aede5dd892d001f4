import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from './kept-file.js'
import { run } from './run-as.js'
import type { ServerUser } from './server-user.js'

interface Options {
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
 * Makes the cluster, unless there is one. initdb writes PG_VERSION first and the password near its end, so it runs in a
 * folder beside, which gets the cluster's name when it is complete and on the disk. A run that was cut off leaves a folder
 * of another name, which the next start removes.
 */
export async function initialise({
  bin,
  dataDir,
  cluster,
  password,
  user,
  onProgress,
}: Options): Promise<void> {
  const [parent, prefix] = [dirname(cluster), `${basename(cluster)}.new-`]
  for (const name of await readdir(parent)) {
    // An initdb whose launcher was killed may still write: the folder is not empty when it should be.
    if (name.startsWith(prefix))
      await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10 })
  }
  if (!existsSync(join(dataDir, 'secret-key')) && (await wasCutOff(cluster))) {
    const aside = `${cluster}.cut-off-${randomBytes(4).toString('hex')}`
    await rename(cluster, aside)
    onProgress(
      `An earlier first start was cut off before it had made its database. Its files are now in ${aside}`,
    )
  }
  if (isCluster(cluster)) return

  // Never the name of an earlier run, which may still write.
  const fresh = join(parent, prefix + randomBytes(4).toString('hex'))
  const passwordFile = `${fresh}.password`
  await mkdir(fresh, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) for (const path of [fresh, passwordFile]) await chown(path, user.uid, user.gid)
  const options = ['--username=whook', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8']
  try {
    // It writes its files through to the disk before it ends.
    const all = [...options, '--locale=C', '--no-instructions', `--pgdata=${fresh}`]
    await run(join(bin, 'initdb'), all, user)
    if (existsSync(cluster)) await rmdir(cluster)
    await rename(fresh, cluster)
  } finally {
    for (const path of [passwordFile, fresh]) await rm(path, { recursive: true, force: true })
  }
  await syncFolder(parent)
}

/** Databases that a server's users make have numbers from here on (FirstNormalObjectId in access/transam.h). */
const firstOwnNumber = 16_384
/** initdb needs no more of the log than its first segment. */
const firstSegment = '000000010000000000000001'

/**
 * Versions before this one ran initdb in the cluster's own folder. Such a folder has PG_VERSION, and neither a database of
 * ours nor more log than initdb writes: nothing was ever stored in it. The secret key is made after the database.
 */
async function wasCutOff(cluster: string): Promise<boolean> {
  if (!isCluster(cluster) || existsSync(join(cluster, 'backup_label'))) return false
  const folders = ['base', 'pg_wal'].map((name) => join(cluster, name))
  // initdb makes them before PG_VERSION: without them this is a copy that was cut off.
  if (!folders.every(existsSync)) return false
  const [databases, logs] = await Promise.all(folders.map((folder) => readdir(folder)))
  const log = logs!.filter((name) => /^[0-9A-F]{24}$/.test(name))
  return (
    databases!.every((name) => !(Number(name) >= firstOwnNumber)) &&
    log.every((name) => name === firstSegment)
  )
}
