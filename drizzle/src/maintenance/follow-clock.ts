import type { Sql } from '../client.js'
import { waitingStatuses } from '../queries/delivery/delivery-transitions.js'
import { statusIn } from '../queries/delivery/status-in.js'

/** A smaller step back changes nothing. */
const secondsMin = 5

/**
 * Detects that the clock of the database was set back since the last call, for example by a failover to a server with
 * another clock. Then makes waiting deliveries due earlier by the same time: otherwise they wait longer by it. A retry that
 * was scheduled between both is early once. Returns the seconds that the clock was set back, and the changed deliveries.
 */
export const followClock = (sql: Sql): Promise<{ secondsBack: number; deliveries: number }> =>
  sql.begin(async (tx) => {
    const [row] = await tx<{ secondsBack: number | null }[]>`
      with seen as materialized (select due_at from maintenance_task where task = 'clock' for update),
      noted as (
        insert into maintenance_task (task, due_at) values ('clock', clock_timestamp())
        on conflict (task) do update set due_at = excluded.due_at)
      select extract(epoch from (select due_at from seen) - clock_timestamp())::float8 as "secondsBack"`
    const secondsBack = row!.secondsBack ?? 0
    if (secondsBack < secondsMin) return { secondsBack: 0, deliveries: 0 }
    // Verification holds deliveries until infinity.
    const { count } = await tx`
      update delivery set next_attempt_at =
        greatest(clock_timestamp(), next_attempt_at - make_interval(secs => ${secondsBack}::float8))
      where ${statusIn(sql, 'status', waitingStatuses)} and next_attempt_at > clock_timestamp()
        and next_attempt_at < 'infinity'`
    return { secondsBack, deliveries: count }
  })
