import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { builtServers, stale } from './build.mjs'
import { readEnvFile } from './env-file.mjs'
import { install, run } from './install.mjs'

/** Fails if another Whook uses the data folder, before the installation replaces files that it runs on. */
export async function prepare() {
  readEnvFile()
  await refuseSecondCopy()
  await install()
}

/** Builds the changed parts and starts the database, the api and the worker with the settings of .env. */
export async function main() {
  // A separate process builds: otherwise the launcher would keep the memory of the bundler for its whole life.
  if (stale().length > 0) await run(process.execPath, ['scripts/build.mjs'])
  const { launch } = await import('../launcher/dist/src/launch/launch.js')
  await launch(process.env)
}

/** The launcher checks this too, but it runs after the build. */
async function refuseSecondCopy() {
  const dataDir = resolve(process.env.DATA_DIR || './data')
  if (!builtServers() || !existsSync(dataDir)) return
  // The query loads a separate copy of the module: the build may replace the file, and the launcher needs the new one.
  const { lockDataDir } = await import('../launcher/dist/src/launch/data-lock.js?before-the-build')
  lockDataDir(dataDir)()
}
