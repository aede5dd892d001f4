import { stale } from './build.mjs'
import { readEnvFile } from './env-file.mjs'
import { run } from './install.mjs'

/** Builds what changed and starts the product as .env says: database, api, worker. */
export async function main() {
  readEnvFile()
  // In a process of its own: the memory that bundling takes would stay with the launcher for as long as it runs.
  if (stale().length > 0) await run(process.execPath, ['scripts/build.mjs'])
  const { launch } = await import('../drizzle/dist/src/launch/launch.js')
  await launch(process.env)
}
