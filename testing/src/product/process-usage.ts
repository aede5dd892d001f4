import { readdirSync, readFileSync } from 'node:fs'

/** Kernel ticks are 10 ms on all supported Linux systems (`getconf CLK_TCK`). */
const tickMs = 10
const pageBytes = 4096

/** Returns the CPU milliseconds that a process used since its start; 0 without /proc. */
export function cpuMs(pid: number): number {
  const fields = readStat(pid)
  return fields ? (Number(fields[11]) + Number(fields[12])) * tickMs : 0
}

/** Returns the resident memory of a process in bytes; 0 without /proc. */
export function rssBytes(pid: number): number {
  const fields = readStat(pid)
  return fields ? Number(fields[21]) * pageBytes : 0
}

/** Returns the private anonymous memory of a process in bytes: for PostgreSQL, without the shared buffers. */
export function ownBytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024
}

/** Returns the number of open file descriptors; 0 without /proc, or when the process belongs to another user. */
export function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    // The process ended, or the system is not Linux.
    return 0
  }
}

export function parentOf(pid: number): number | undefined {
  const fields = readStat(pid)
  return fields && Number(fields[1])
}

/** Returns the child processes of the main thread: for Node and PostgreSQL, all children. Empty without /proc. */
export function childrenOf(pid: number): number[] {
  return (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)
}

/** Returns the fields after the program name, starting with the state (proc(5)). */
function readStat(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    // The process ended, or the system is not Linux.
    return undefined
  }
}
