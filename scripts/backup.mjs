import { build } from './build.mjs'
import { readEnvFile } from './env-file.mjs'

/** Copies the data folder of the running, or stopped, installation. */
export async function main([target]) {
  readEnvFile()
  await build()
  const { backup } = await import('../drizzle/dist/src/backup/backup-command.js')
  await backup(process.env, target)
}
