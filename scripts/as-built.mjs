import { builtServers, build } from './build.mjs'
import { install } from './install.mjs'

/**
 * Prepares what looks at an installation: by the build that is there, though the source be newer. It is what runs, or ran
 * last, and made the tables; and nothing is replaced below processes that run on it.
 */
export async function prepare() {
  if (builtServers()) return
  await install()
  await build()
}
