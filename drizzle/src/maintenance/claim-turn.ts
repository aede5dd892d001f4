import type { Sql } from '../client.js'

/**
 * Returns whether the caller runs `task` now: true for one worker every `everyMs`, by the clock of the database. A
 * run that is due in more than twice that time also counts as due: the clock was set back after it was stored.
 */
export async function claimTurn(sql: Sql, task: string, everyMs: number): Promise<boolean> {
  const { count } = await sql`
    insert into maintenance_task as m (task, due_at)
    values (${task}, now() + make_interval(secs => ${everyMs / 1000}::float8))
    on conflict (task) do update set due_at = excluded.due_at
      where m.due_at <= now() or m.due_at > now() + make_interval(secs => ${everyMs / 500}::float8)`
  return count > 0
}
