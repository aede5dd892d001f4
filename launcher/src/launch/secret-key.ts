import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '@whook/drizzle/client'
import { keptFile } from '../embedded/kept-file.js'

/**
 * Master key of an installation with the embedded database. Created once, stored in the data folder, readable by its
 * owner only. Throws when the file is missing although the database has users: their secrets are sealed with the key.
 */
export async function keptSecretKey(dataDir: string, databaseUrl: string): Promise<string> {
  const file = join(dataDir, 'secret-key')
  if (!existsSync(file) && (await hasUsers(databaseUrl))) {
    throw new Error(
      `${file} is missing, but the database has users whose secrets are sealed with it.\n` +
        'Restore the file from a backup. If it is lost, create a new key and enter all secrets again:\n' +
        `  openssl rand -base64 32 > '${file}'`,
    )
  }
  return keptFile(file, () => randomBytes(32).toString('base64'))
}

async function hasUsers(databaseUrl: string): Promise<boolean> {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'launcher' })
  try {
    const [table] = await sql<{ name: string | null }[]>`select to_regclass('"user"') as name`
    if (!table!.name) return false
    return (await sql`select from "user" limit 1`).length > 0
  } finally {
    await close()
  }
}
