import type { Sql } from '../client.js'

/** Notes a queued batch that the worker cannot read: a newer version wrote it. Safe to run any number of times. */
export async function noteUnreadable(sql: Sql, jobId: string): Promise<void> {
  await sql`insert into unreadable_job (job_id) values (${jobId}) on conflict do nothing`
}

/** Forgets the note when the batch is stored. */
export async function forgetUnreadable(sql: Sql, jobId: string): Promise<void> {
  await sql`delete from unreadable_job where job_id = ${jobId}`
}

/** Queued batches that wait for another version of the worker. */
export async function countUnreadable(sql: Sql): Promise<number> {
  const [row] = await sql<{ jobs: number }[]>`select count(*)::int as jobs from unreadable_job`
  return row!.jobs
}
