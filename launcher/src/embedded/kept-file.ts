import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Returns the text of a small file, readable by its owner only. Creates the file with `make()` if it is missing. A
 * crash leaves the complete file or no file. Throws an error when the file is empty.
 */
export async function keptFile(file: string, make: () => string): Promise<string> {
  const kept = (await textOf(file)) ?? (await write(file, make()))
  if (kept !== '') return kept
  throw new Error(
    `${file} is empty. Restore it from a backup of the data folder. If Whook never ran with this folder, delete the file.`,
  )
}

/** Returns the trimmed text, or undefined when the file does not exist. */
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

/** Flushes the entries of a folder to the disk. Windows has no such call and flushes them itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
