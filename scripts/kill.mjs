import { build } from './build.mjs'
import { run } from './install.mjs'

/** `npm run kill`: builds, then runs the kill test. */
export async function main(args) {
  await build()
  await run(process.execPath, ['--import', 'tsx', 'bench/src/kill/main.ts', ...args])
}
