import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { isCluster } from './initialise.js'
import { keptFile } from './kept-file.js'
import { may } from './run-as.js'
import type { ServerUser } from './server-user.js'

/** The name contains the major version, so that a newer PostgreSQL never opens older files. */
export const clusterName = 'pg18'

/**
 * Returns the folder of the cluster: in the data folder, or under /var/lib when the server's user cannot access the
 * data folder (for example in root's home directory). The choice depends on the path only, so every start finds the
 * folder.
 */
export async function clusterFolder(dataDir: string, user: ServerUser | undefined): Promise<string> {
  const wanted = join(resolve(dataDir), clusterName)
  await mkdir(wanted, { recursive: true, mode: 0o700 })
  if (!user) return wanted
  await giveTo(user, wanted)
  if (may(user, 'write', wanted)) return wanted
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  const elsewhere = join('/var/lib', `whook-${hash}`, clusterName)
  await mkdir(dirname(elsewhere), { recursive: true, mode: 0o711 })
  // The data folder was restored from a backup, and the folder under /var/lib has no cluster yet.
  if (isCluster(wanted) && !isCluster(elsewhere)) {
    await rm(elsewhere, { recursive: true, force: true })
    await cp(wanted, `${elsewhere}.part`, { recursive: true })
    await rename(`${elsewhere}.part`, elsewhere)
  }
  await mkdir(elsewhere, { recursive: true, mode: 0o700 })
  await giveTo(user, elsewhere)
  return elsewhere
}

/** Changes the owner of a folder, and of all files in it when any file has another owner. */
async function giveTo(user: ServerUser, folder: string): Promise<void> {
  if (isCluster(folder) && (await hasForeign(user, folder))) {
    const names = await readdir(folder, { recursive: true })
    // Deepest paths first: `hasForeign` checks the top level, so the next start repeats an interrupted change.
    for (const name of names.sort((a, b) => depth(b) - depth(a)))
      await chown(join(folder, name), user.uid, user.gid)
  }
  await chown(folder, user.uid, user.gid)
  await chmod(folder, 0o700)
}

const depth = (name: string) => name.split(sep).length

/** In a restored copy all files, or only the folders, belong to the user that copied them. */
async function hasForeign(user: ServerUser, cluster: string): Promise<boolean> {
  const entries = await readdir(cluster, { withFileTypes: true })
  const lasting = entries.filter((entry) => entry.isDirectory() || entry.name === 'PG_VERSION')
  const owners = await Promise.all(lasting.map(async ({ name }) => (await stat(join(cluster, name))).uid))
  return owners.some((uid) => uid !== user.uid)
}

/** Throws an error when the folder has no installation. Otherwise a mistyped path would create a new, empty one. */
export function expectInstallation(dataDir: string): void {
  if (existsSync(passwordFile(dataDir))) return
  throw new Error(`No Whook installation in ${resolve(dataDir)}: set DATA_DIR to its data folder`)
}

const passwordFile = (dataDir: string) => join(resolve(dataDir), 'postgres-password')

/** The superuser's password: random, created once, readable by the owner of the data folder only. */
export async function clusterPassword(dataDir: string, cluster: string): Promise<string> {
  const file = passwordFile(dataDir)
  if (!existsSync(file) && isCluster(cluster)) throw new Error(passwordMissing(file))
  return keptFile(file, () => randomBytes(24).toString('base64url'))
}

const passwordMissing = (file: string) =>
  `The file with the database password is missing: ${file}\n` +
  'Restore it from a backup of the data folder. A new file cannot replace it.'
