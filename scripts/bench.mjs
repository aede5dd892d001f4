import { build } from './build.mjs'
import { run } from './install.mjs'

/** The published figures, measured on what was built. */
export async function main(args) {
  await build()
  await run(process.execPath, ['--import', 'tsx', 'bench/src/main.ts', ...args])
}
