import { write } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { workerData } from 'node:worker_threads'
import { clock } from '../clock.js'
import { readMainStack } from './main-stack.js'
import { hangSignal, msPerTick, type Watched } from './watchdog-limits.js'

const { name, turns, silent, hangTicks, orphanTicks, parent } = workerData as Watched
const stackMs = 2000
const printMs = 1000

/**
 * The watchdog thread. It counts its own ticks and reads no clock. After suspend or SIGSTOP, and on a machine without free
 * cores, its ticks are late too. Each counts once, so the main thread had the same time for a turn.
 */
let [seen, missed] = [-1, 0]
for (;;) {
  await sleep(msPerTick)
  const turn = Atomics.load(turns, 0)
  missed = turn === seen ? missed + 1 : 0
  seen = turn
  const orphaned = parent !== undefined && process.ppid !== parent
  if (missed >= (orphaned ? orphanTicks : hangTicks)) await endProcess(orphaned)
}

async function endProcess(orphaned: boolean): Promise<void> {
  if (!silent) {
    const stack = await Promise.race([readMainStack(), sleep(stackMs, undefined)])
    // Print through the thread pool: a full pipe without a reader would block this thread too.
    await Promise.race([print({ orphaned, stack }), sleep(printMs)])
  }
  process.kill(process.pid, hangSignal)
  await sleep(printMs)
  process.kill(process.pid, 'SIGKILL')
}

/** Prints a line in the format of the logger, which belongs to the main thread. */
async function print(details: { orphaned: boolean; stack: string[] | undefined }): Promise<void> {
  const line = JSON.stringify({
    level: 60,
    time: new Date(clock.now()).toISOString(),
    name,
    pid: process.pid,
    hungMs: missed * msPerTick,
    ...details,
    msg: 'process.hung: the event loop is blocked; ending this process',
  })
  await promisify(write)(1, `${line}\n`).catch(() => {})
}
