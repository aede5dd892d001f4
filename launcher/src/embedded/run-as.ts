import { spawn, spawnSync, type SpawnOptions } from 'node:child_process'
import type { ServerUser } from './server-user.js'

const identity = (user: ServerUser | undefined) => (user ? { uid: user.uid, gid: user.gid } : {})

/** A fixed locale and time zone, so that the output of the programs does not depend on the machine. */
const plainEnv = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' }

/** Runs a program as the server's user and waits for its exit. Rejects with the output when the exit code is not 0. */
export function run(program: string, args: string[], user: ServerUser | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...identity(user),
      env: plainEnv,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} failed (${code}):\n${output}`)),
    )
  })
}

export const start = (program: string, args: string[], user: ServerUser | undefined, options: SpawnOptions) =>
  spawn(program, args, { ...options, ...identity(user), env: plainEnv, cwd: '/' })

/** Returns whether the server's user has this permission on the path. The kernel decides, not the file modes. */
export function may(user: ServerUser | undefined, what: 'execute' | 'write', path: string): boolean {
  if (!user) return true
  const flag = what === 'execute' ? '-x' : '-w'
  return spawnSync('test', [flag, path], identity(user)).status === 0
}
