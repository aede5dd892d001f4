import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { clusterFolder } from './data-folder.js'
import { serverUser } from './server-user.js'

const user = await serverUser()

it.runIf(user).each([
  { when: 'the copy has another owner', kept: [] },
  // fs.cp of Node.js 22 and newer, run by root, changes the owner of folders only.
  { when: 'only its folders have another owner', kept: ['PG_VERSION', 'global/pg_control'] },
])("gives a restored copy to PostgreSQL's user when $when", async ({ kept }) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook restored '))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  await chmod(dataDir, 0o711)
  const cluster = join(dataDir, 'pg18')
  await mkdir(join(cluster, 'global'), { recursive: true, mode: 0o700 })
  for (const file of ['PG_VERSION', 'global/pg_control']) await writeFile(join(cluster, file), '')
  for (const file of kept) await chown(join(cluster, file), user!.uid, user!.gid)

  expect(await clusterFolder(dataDir, user)).toBe(cluster)
  const names = await readdir(cluster, { recursive: true })
  const owners = await Promise.all(['.', ...names].map(async (name) => (await stat(join(cluster, name))).uid))
  expect(owners).toEqual(['.', ...names].map(() => user!.uid))
})
