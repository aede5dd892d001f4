import { readFileSync } from 'node:fs'

/** A kernel tick is 10 ms on every Linux this runs on (`getconf CLK_TCK`). */
const tickMs = 10
const pageBytes = 4096

/** Milliseconds of processor a process used since it began; 0 where there is no /proc. */
export function cpuMs(pid: number): number {
  const fields = readStat(pid)
  return fields ? (Number(fields[11]) + Number(fields[12])) * tickMs : 0
}

/** Resident memory of a process, in bytes; 0 where there is no /proc. */
export function rssBytes(pid: number): number {
  const fields = readStat(pid)
  return fields ? Number(fields[21]) * pageBytes : 0
}

/** proc(5): what follows the program's name, from the state on. */
function readStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // Gone, or no Linux.
    return undefined
  }
}
