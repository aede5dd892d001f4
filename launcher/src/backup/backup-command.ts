import { resolve } from 'node:path'
import { backupEmbedded } from './backup-embedded.js'

/** `npm run backup -- <folder>`: a copy of the data folder, from which `DATA_DIR=<folder> npm start` starts. */
export async function backup(
  env: Record<string, string | undefined>,
  target: string | undefined,
): Promise<void> {
  if (env['DATABASE_URL'])
    throw new Error(
      'DATABASE_URL names a PostgreSQL of your own: back it up with pg_dump --format=custom, and keep SECRET_KEY with the backup (docs/operations.md)',
    )
  if (!target) throw new Error('Say where the backup goes: npm run backup -- /path/of/a/new/folder')
  const folder = resolve(target)
  const { bytes } = await backupEmbedded(env['DATA_DIR'] || './data', folder)
  const key = env['SECRET_KEY']
    ? 'SECRET_KEY is not among them: keep it with the backup, and apart from it'
    : 'the secret key among them: keep it where only you can read'
  process.stdout.write(
    `${Math.ceil(bytes / 2 ** 20)} MB in ${folder}, ${key}.\n` +
      `To restore, put it in the place of the data folder (cp -a), or start on it: DATA_DIR=${folder} npm start\n`,
  )
}
