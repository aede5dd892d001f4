import { build } from './build.mjs'
import { run } from './install.mjs'

/** `npm run bench`: builds, then measures the published figures. */
export async function main(args) {
  await build()
  await run(process.execPath, ['--import', 'tsx', 'bench/src/main.ts', ...args])
}
