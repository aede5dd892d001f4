import { readEnvFile } from './env-file.mjs'

export { prepare } from './as-built.mjs'

/** Recounts the ledger of the running, or stopped, installation. */
export async function main() {
  readEnvFile()
  const { verify } = await import('../drizzle/dist/src/ledger/verify-command.js')
  if (!(await verify(process.env))) process.exitCode = 1
}
