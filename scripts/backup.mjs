import { readEnvFile } from './env-file.mjs'

export { prepare } from './as-built.mjs'

/** Copies the data folder of the running, or stopped, installation. */
export async function main([target]) {
  readEnvFile()
  const { backup } = await import('../launcher/dist/src/backup/backup-command.js')
  await backup(process.env, target)
}
