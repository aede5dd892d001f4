import type { Sql } from '../../client.js'

/** Records a queued batch that this worker cannot read, because a newer version wrote it. Idempotent. */
export async function noteUnreadable(sql: Sql, jobId: string): Promise<void> {
  await sql`insert into unreadable_job (job_id) values (${jobId}) on conflict do nothing`
}

/** Deletes the record after the batch is stored. */
export async function forgetUnreadable(sql: Sql, jobId: string): Promise<void> {
  await sql`delete from unreadable_job where job_id = ${jobId}`
}

/** Returns the number of queued batches that wait for a worker of another version. */
export async function countUnreadable(sql: Sql): Promise<number> {
  const [row] = await sql<{ jobs: number }[]>`select count(*)::int as jobs from unreadable_job`
  return row!.jobs
}
