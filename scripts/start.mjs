import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { builtServers, stale } from './build.mjs'
import { readEnvFile } from './env-file.mjs'
import { install, run } from './install.mjs'

/** Refuses a second copy before anything is replaced below the first. */
export async function prepare() {
  readEnvFile()
  await refuseSecondCopy()
  await install()
}

/** Builds what changed and starts the product as .env says: database, api, worker. */
export async function main() {
  // In a process of its own: the memory that bundling takes would stay with the launcher for as long as it runs.
  if (stale().length > 0) await run(process.execPath, ['scripts/build.mjs'])
  const { launch } = await import('../launcher/dist/src/launch/launch.js')
  await launch(process.env)
}

/** The launcher refuses it too, but comes after the build. */
async function refuseSecondCopy() {
  const dataDir = resolve(process.env.DATA_DIR || './data')
  if (!builtServers() || !existsSync(dataDir)) return
  // Under another name: the build may be about to put a newer one in the place of this module.
  const { lockDataDir } = await import('../launcher/dist/src/launch/data-lock.js?before-the-build')
  lockDataDir(dataDir)()
}
