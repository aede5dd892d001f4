import { build } from './build.mjs'

/** Builds what changed and starts the product: database, api, worker. */
export async function main() {
  await build()
  const { launch } = await import('../drizzle/dist/src/launch/launch.js')
  await launch(process.env)
}
