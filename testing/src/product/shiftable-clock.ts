import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Preloaded into a process: adds the milliseconds in a file to its wall clock. */
const preload = (file: string) => `
import { existsSync, readFileSync } from 'node:fs'
const real = Date
let offset = 0
const read = () => {
  // The test removes the folder when it ends, possibly before this process ends.
  if (existsSync(${JSON.stringify(file)})) offset = Number(readFileSync(${JSON.stringify(file)}, 'utf8')) || 0
}
read()
setInterval(read, 50).unref()
const now = () => real.now() + offset
globalThis.Date = new Proxy(real, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
`

/**
 * Returns an environment that lets a test shift the wall clock of a running process. Its monotonic clock is
 * unchanged.
 */
export async function createShiftableClock() {
  const folder = await mkdtemp(join(tmpdir(), 'whook-clock-'))
  const [file, script] = [join(folder, 'offset'), join(folder, 'preload.mjs')]
  const shift = (ms: number) => writeFile(file, String(ms))
  await shift(0)
  await writeFile(script, preload(file))
  return {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(script).href}` },
    /** Sets the wall clock to the real time plus `ms`. */
    shift,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

const hourMs = 3_600_000
/** 100 days ahead, one hour ahead, one hour behind, and the real time. */
export const clockShiftsMs = [100 * 24 * hourMs, hourMs, -hourMs, 0]
