import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'

const helper = new URL('./end-with-npm.mjs', import.meta.url).href

/** Prints its pid and its parent's pid. Exits after a minute in any case. */
const task = `
  import { endWithNpm } from '${helper}'
  endWithNpm()
  setTimeout(() => process.exit(2), 60_000)
  console.log(process.pid, process.ppid)
`

/** Starts the task with a command in a temporary folder. Returns the pids of the command, its shell and the task. */
async function start(command: string, args: string[], env = process.env) {
  const folder = await mkdtemp(join(tmpdir(), 'whook-npm-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'task.mjs'), task)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts: { start: 'node task.mjs' } }))
  const child = spawn(command, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  onTestFinished(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // All processes have ended, as expected.
    }
  })
  for await (const line of createInterface(child.stdout)) {
    const [pid, parent] = line.split(' ').map(Number)
    if (pid && parent) return { child, npm: child.pid!, shell: parent, task: pid }
  }
  throw new Error(`${command} did not start its task`)
}

const lives = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** SIGINT to npm or its shell alone is not in the list: dash ignores it while a command runs, so npm continues too. */
const cases = [
  ['npm', 'SIGTERM'],
  ['npm', 'SIGHUP'],
  ['npm', 'SIGKILL'],
  ['shell', 'SIGTERM'],
  ['shell', 'SIGHUP'],
  ['shell', 'SIGKILL'],
  ['task', 'SIGTERM'],
  ['task', 'SIGINT'],
  ['task', 'SIGHUP'],
  ['task', 'SIGKILL'],
] as const

describe.runIf(process.platform === 'linux')('endWithNpm', () => {
  it.each(cases)('leaves nothing running when %s gets %s', async (whose, signal) => {
    const chain = await start('npm', ['start', '--silent'])
    process.kill(chain[whose], signal)
    await expect.poll(() => [chain.npm, chain.shell, chain.task].filter(lives)).toEqual([])
  })

  it('leaves nothing running when the group gets SIGINT, as Ctrl-C sends it', async () => {
    const chain = await start('npm', ['start', '--silent'])
    process.kill(-chain.npm, 'SIGINT')
    await expect.poll(() => [chain.npm, chain.shell, chain.task].filter(lives)).toEqual([])
  })

  it('keeps a task running when its shell ends and npm did not start it', async () => {
    const { npm_lifecycle_event: _, ...env } = process.env
    const { child, task } = await start('sh', ['-c', 'node task.mjs & sleep 2'], env)
    onTestFinished(() => void process.kill(task, 'SIGKILL'))
    await once(child, 'exit')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(lives(task)).toBe(true)
  })
})
