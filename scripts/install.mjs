import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stampFile = join(root, 'node_modules', '.whook-lock')
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager

/** Exits with a message when Node is too old, before a later step fails with an unclear error. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Whook needs Node 20.19 or newer (24 is best); this is ${process.version}.`)
  process.exit(1)
}

/** Installs the packages of the lockfile unless they are installed already. Shows pnpm's progress on a terminal. */
export async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  if (read(stampFile) === wanted) return
  console.log('Installing packages (first start, or after the lockfile changed) ...')
  await run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'])
  writeFileSync(stampFile, wanted)
}

/**
 * Runs a program in the project folder and returns its exit code. Rejects when the program fails, unless `allowFailure`.
 * Forwards SIGINT, SIGTERM and SIGHUP to the program.
 */
export function run(program, args, { env = process.env, allowFailure = false } = {}) {
  return new Promise((resolve, reject) => {
    // npx is a script that only a shell finds on Windows.
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    const forward = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, forward)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      if (code === 0 || allowFailure) resolve(code ?? 1)
      else reject(new Error(`${program} ${args.join(' ')} ended with ${signal ?? code}`))
    })
  })
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not installed yet.
    return undefined
  }
}
