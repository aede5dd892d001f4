import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The text of a small file for its owner only, made once. A crash leaves the whole file or none. */
export async function keptFile(file: string, make: () => string): Promise<string> {
  const kept = (await textOf(file)) ?? (await write(file, make()))
  if (kept !== '') return kept
  throw new Error(
    `${file} is empty. Put it back from a backup of the data folder. If Whook never ran with this folder, remove the file.`,
  )
}

/** Without the line end; undefined when there is no file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function write(file: string, text: string): Promise<string> {
  const part = `${file}.part`
  await rm(part, { force: true })
  await writeFile(part, `${text}\n`, { flush: true, mode: 0o600 })
  await rename(part, file)
  await syncFolder(dirname(file))
  return text
}

/** Writes the names in a folder to the disk. Windows cannot, and does it by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
