import type { Sql } from '@whook/drizzle'
import { childrenOf, openFiles, ownBytes, parentOf } from '@whook/testing/product/process-usage'
import { megabytes, memory, sum, type Reading } from './readings.js'

/** Returns a reader of the PostgreSQL behind this connection: its statistics and the resources of its processes. */
export async function createPostgresReader(sql: Sql): Promise<() => Promise<Reading[]>> {
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const postmaster = parentOf(backend!.pid)
  const [walLimit, filesLimit] = [await walBytesMax(sql), await filesMax(sql)]

  return async () => {
    const [row] = await sql<{ connections: number; rows: number; bytes: number; wal: number }[]>`
      select (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
        (select coalesce(sum(stored), 0)::float8 from webhook_total) as rows,
        pg_database_size(current_database())::float8 as bytes,
        (select coalesce(sum(size), 0)::float8 from pg_ls_waldir()) as wal`
    const { connections, rows, bytes, wal } = row!
    const processes = postmaster === undefined ? [] : [postmaster, ...childrenOf(postmaster)]
    const files = processes.map(openFiles)
    return [
      { name: 'PostgreSQL: private memory', ...memory, value: megabytes(sum(processes.map(ownBytes))) },
      {
        name: 'PostgreSQL: maximum files of one process',
        unit: 'open',
        allowed: { atMost: filesLimit },
        value: Math.max(0, ...files),
      },
      // Not judged: the files of each process and the number of connections have limits.
      { name: 'PostgreSQL: files and sockets', unit: 'open', value: sum(files) },
      {
        name: 'PostgreSQL: connections',
        unit: 'open',
        allowed: { share: 0.25, least: 10 },
        value: connections,
      },
      {
        name: 'PostgreSQL: data per stored request',
        unit: 'KB',
        allowed: { share: 0.25, least: 2 },
        value: bytes / 1024 / Math.max(1, rows),
      },
      {
        name: 'PostgreSQL: write-ahead log',
        unit: 'MB',
        allowed: { atMost: megabytes(walLimit) },
        value: megabytes(wal),
      },
    ]
  }
}

/** The WAL may exceed max_wal_size by the segments that a running checkpoint still needs. */
async function walBytesMax(sql: Sql): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select pg_size_bytes(current_setting('max_wal_size'))::float8 as bytes`
  return row!.bytes * 1.25
}

/** Sockets and pipes that a process has open in addition to its files of tables and indexes. */
const besideFiles = 64

/** A PostgreSQL process keeps files open up to the limit of the server, then closes the oldest. */
async function filesMax(sql: Sql): Promise<number> {
  const [row] = await sql<{ files: number }[]>`select current_setting('max_files_per_process')::int as files`
  return row!.files + besideFiles
}
