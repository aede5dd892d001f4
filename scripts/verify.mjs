import { build } from './build.mjs'
import { readEnvFile } from './env-file.mjs'

/** Recounts the ledger of the running, or stopped, installation. */
export async function main() {
  readEnvFile()
  await build()
  const { verify } = await import('../drizzle/dist/src/ledger/verify-command.js')
  if (!(await verify(process.env))) process.exitCode = 1
}
