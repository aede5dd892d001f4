import { readEnvFile } from './env-file.mjs'

export { prepare } from './as-built.mjs'

/** `npm run backup -- <folder>`: copies the data folder of the installation, running or stopped. */
export async function main([target]) {
  readEnvFile()
  const { backup } = await import('../launcher/dist/src/backup/backup-command.js')
  await backup(process.env, target)
}
