import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadEnvFile } from 'node:process'
import { root } from './install.mjs'

/** Reads .env where there is one. What the environment says already is not changed. */
export function readEnvFile() {
  const file = join(root, '.env')
  if (existsSync(file)) loadEnvFile(file)
}
