import { constants, type Dirent } from 'node:fs'
import { chown, copyFile, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Folders that a base backup leaves empty: the server rebuilds their content. The folders themselves must exist.
 * https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA
 */
const emptyFolders = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const leftOut = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|current_logfiles)$/

/** The file that marks a folder as a cluster. It is copied last, so that an interrupted copy is not a cluster. */
export const clusterMark = 'PG_VERSION'

/** Copies the files of a running server, except `clusterMark`. Returns the bytes copied. */
export async function copyCluster(from: string, to: string): Promise<number> {
  return copyFolder(from, to, ({ name }) =>
    name === clusterMark ? 'leave' : emptyFolders.has(name) ? 'empty' : 'copy',
  )
}

type Choice = (entry: Dirent) => 'copy' | 'empty' | 'leave'

async function copyFolder(from: string, to: string, choose: Choice = () => 'copy'): Promise<number> {
  await makeFolderLike(from, to)
  let bytes = 0
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const choice = leftOut.test(entry.name) ? 'leave' : choose(entry)
    if (choice === 'leave') continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isFile()) bytes += await copyThrough(source, target)
    else if (entry.isDirectory() && choice === 'empty') await makeFolderLike(source, target)
    else if (entry.isDirectory()) bytes += await copyFolder(source, target)
  }
  return bytes
}

/**
 * Copies one file with its owner and flushes it to the disk. Returns its size in bytes, or 0 when the file no longer
 * exists: the server deletes files of dropped tables meanwhile.
 */
export async function copyThrough(source: string, target: string): Promise<number> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL)
    await ownAs(source, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
  return writeThrough(target)
}

async function writeThrough(path: string): Promise<number> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

async function makeFolderLike(source: string, target: string): Promise<void> {
  await mkdir(target, { mode: (await stat(source)).mode & 0o777 })
  await ownAs(source, target)
}

/** Gives `target` the owner of `source`. Only root can change an owner; for other users both are the same. */
export async function ownAs(source: string, target: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(source)
  await chown(target, uid, gid)
}
