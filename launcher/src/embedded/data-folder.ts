import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { isCluster } from './initialise.js'
import { keptFile } from './kept-file.js'
import { may } from './run-as.js'
import type { ServerUser } from './server-user.js'

/** The major version is in the name: a newer one must not find the older one's files. */
export const clusterName = 'pg18'

/**
 * Where the cluster lives: in the data folder, or under /var/lib when root's data folder is closed to the server's user
 * (a home directory, say). The choice is a function of the path, so the next start finds it again.
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
  // A backup was put in the data folder's place, and there is nothing yet where it must live.
  if (isCluster(wanted) && !isCluster(elsewhere)) {
    await rm(elsewhere, { recursive: true, force: true })
    await cp(wanted, `${elsewhere}.part`, { recursive: true })
    await rename(`${elsewhere}.part`, elsewhere)
  }
  await mkdir(elsewhere, { recursive: true, mode: 0o700 })
  await giveTo(user, elsewhere)
  return elsewhere
}

/** With all that is in it where any of that is somebody else's. */
async function giveTo(user: ServerUser, folder: string): Promise<void> {
  if (isCluster(folder) && (await hasForeign(user, folder))) {
    const names = await readdir(folder, { recursive: true })
    // What is asked for the next time comes last: one that was cut off is done again.
    for (const name of names.sort((a, b) => depth(b) - depth(a)))
      await chown(join(folder, name), user.uid, user.gid)
  }
  await chown(folder, user.uid, user.gid)
  await chmod(folder, 0o700)
}

const depth = (name: string) => name.split(sep).length

/** A restored copy has the owner of who copied it: all of it, or only its folders. */
async function hasForeign(user: ServerUser, cluster: string): Promise<boolean> {
  const entries = await readdir(cluster, { withFileTypes: true })
  const lasting = entries.filter((entry) => entry.isDirectory() || entry.name === 'PG_VERSION')
  const owners = await Promise.all(lasting.map(async ({ name }) => (await stat(join(cluster, name))).uid))
  return owners.some((uid) => uid !== user.uid)
}

/** For who looks at an installation: from a mistyped folder a new one would be made, empty and in order. */
export function expectInstallation(dataDir: string): void {
  if (existsSync(passwordFile(dataDir))) return
  throw new Error(`There is no Whook in ${resolve(dataDir)}: name its data folder with DATA_DIR`)
}

const passwordFile = (dataDir: string) => join(resolve(dataDir), 'postgres-password')

/** The superuser's password: random, made once, readable by the owner of the data folder only. */
export async function clusterPassword(dataDir: string, cluster: string): Promise<string> {
  const file = passwordFile(dataDir)
  if (!existsSync(file) && isCluster(cluster)) throw new Error(passwordMissing(file))
  return keptFile(file, () => randomBytes(24).toString('base64url'))
}

const passwordMissing = (file: string) =>
  `The password of the database is missing: ${file}\n` +
  'Put the file back from a backup of the data folder; it was made together with the database.'
