import { build } from './build.mjs'
import { run } from './install.mjs'

/** `npm run soak`: builds, then runs mixed load for 30 minutes and reports growth and the ledger. */
export async function main(args) {
  await build()
  await run(process.execPath, ['--import', 'tsx', 'bench/src/soak/main.ts', ...args])
}
