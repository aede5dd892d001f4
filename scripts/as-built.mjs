import { builtServers, build } from './build.mjs'
import { install } from './install.mjs'

/**
 * Prepares a task that reads an installation. It uses the existing build, even when the source is newer: that build made
 * the tables, and running processes still load its files. It installs and builds only if no build exists.
 */
export async function prepare() {
  if (builtServers()) return
  await install()
  await build()
}
