import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Returns the full path of the first of these programs on the PATH, or undefined. */
export function onPath(...names) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name)
      if (isExecutable(path)) return path
    }
  }
  return undefined
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // The file does not exist, or this user cannot run it. Both mean that the program is missing.
    return false
  }
}

let listsUpdated = false

/** Installs a Debian package with apt-get if this process runs as root. Returns false if that is not possible or fails. */
export function aptInstall(name) {
  const apt = onPath('apt-get')
  if (!apt || process.getuid?.() !== 0) return false
  console.log(`Installing ${name} with apt-get ...`)
  const quiet = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  listsUpdated ||= spawnSync(apt, ['update', '-qq'], quiet).status === 0
  return spawnSync(apt, ['install', '-y', '-qq', '--no-install-recommends', name], quiet).status === 0
}
