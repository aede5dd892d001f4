import { build } from './build.mjs'
import { run } from './install.mjs'

/** Half an hour of mixed load on what was built: what grows, and whether the books balance. */
export async function main(args) {
  await build()
  await run(process.execPath, ['--import', 'tsx', 'bench/src/soak/main.ts', ...args])
}
