import { readEnvFile } from './env-file.mjs'

export { prepare } from './as-built.mjs'

/** Recounts the ledger of the running, or stopped, installation. `--acknowledge` takes note of what it misses. */
export async function main(args) {
  const unknown = args.find((arg) => arg !== '--acknowledge')
  if (unknown) throw new Error(`Unknown option ${unknown}; there is: --acknowledge`)
  readEnvFile()
  const { verify } = await import('../launcher/dist/src/verify-command.js')
  if (!(await verify(process.env, { acknowledge: args.length > 0 }))) process.exitCode = 1
}
