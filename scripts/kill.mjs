import { build } from './build.mjs'
import { run } from './install.mjs'

/** The kill test, on what was built. */
export async function main(args) {
  await build()
  await run(process.execPath, ['--import', 'tsx', 'bench/src/kill/main.ts', ...args])
}
