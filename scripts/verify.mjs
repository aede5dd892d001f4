import { readEnvFile } from './env-file.mjs'

export { prepare } from './as-built.mjs'

/**
 * `npm run verify`: recounts the ledger of the installation, running or stopped. `--acknowledge` records the missing batches
 * as known.
 */
export async function main(args) {
  const unknown = args.find((arg) => arg !== '--acknowledge')
  if (unknown) throw new Error(`Unknown option "${unknown}". Options: --acknowledge`)
  readEnvFile()
  const { verify } = await import('../launcher/dist/src/verify-command.js')
  if (!(await verify(process.env, { acknowledge: args.length > 0 }))) process.exitCode = 1
}
