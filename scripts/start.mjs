import { build } from './build.mjs'
import { readEnvFile } from './env-file.mjs'

/** Builds what changed and starts the product as .env says: database, api, worker. */
export async function main() {
  readEnvFile()
  await build()
  const { launch } = await import('../drizzle/dist/src/launch/launch.js')
  await launch(process.env)
}
