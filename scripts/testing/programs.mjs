import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Full path of the first of these programs that the PATH has. */
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
    // Not there, or not ours to run: the same to whoever looks for a program.
    return false
  }
}

let listsUpdated = false

/** Installs a Debian package where that is ours to do: as root, with apt-get. False when it did not work. */
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
