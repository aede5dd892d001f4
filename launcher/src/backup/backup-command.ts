import { resolve } from 'node:path'
import { backupEmbedded } from './backup-embedded.js'

/** `npm run backup -- <folder>`: copies the data folder. `DATA_DIR=<folder> npm start` starts from the copy. */
export async function backup(
  env: Record<string, string | undefined>,
  target: string | undefined,
): Promise<void> {
  if (env['DATABASE_URL'])
    throw new Error(
      'DATABASE_URL is set, so Whook does not back up the database. Use pg_dump --format=custom, and store SECRET_KEY with the backup (docs/operations.md)',
    )
  if (!target) throw new Error('The target folder is missing. Usage: npm run backup -- /path/to/new/folder')
  const folder = resolve(target)
  const { bytes } = await backupEmbedded(env['DATA_DIR'] || './data', folder)
  const key = env['SECRET_KEY']
    ? 'SECRET_KEY is not included: store it separately'
    : 'The secret key is included: keep the backup private'
  process.stdout.write(
    `Copied ${Math.ceil(bytes / 2 ** 20)} MB to ${folder}. ${key}.\n` +
      `To restore, replace the data folder with it (cp -a), or start from it: DATA_DIR=${folder} npm start\n`,
  )
}
