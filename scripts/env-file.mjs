import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadEnvFile } from 'node:process'
import { root } from './install.mjs'

/** Reads .env if it exists. Variables that are already set keep their values. */
export function readEnvFile() {
  const file = join(root, '.env')
  if (existsSync(file)) loadEnvFile(file)
}
