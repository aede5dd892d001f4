import { readdirSync, readFileSync } from 'node:fs'

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

/** Resident memory that it shares with nobody and no file, in bytes: of PostgreSQL, without the buffers all its processes see. */
export function ownBytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024
}

/** Open file descriptors; 0 where there is no /proc, or where the process is somebody else's. */
export function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    // Gone, or no Linux.
    return 0
  }
}

export function parentOf(pid: number): number | undefined {
  const fields = readStat(pid)
  return fields && Number(fields[1])
}

/** Children of its main thread: all of them, for Node and for PostgreSQL. Empty where there is no /proc. */
export function childrenOf(pid: number): number[] {
  return (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)
}

/** proc(5): what follows the program's name, from the state on. */
function readStat(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    // Gone, or no Linux.
    return undefined
  }
}
