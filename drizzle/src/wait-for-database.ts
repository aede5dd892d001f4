import { untilItAnswers } from '@whook/shared/server/until-it-answers'
import { connect } from './client.js'

/** Milliseconds a process that starts waits for PostgreSQL: it may be recovering from a crash beside us. */
const patienceMs = 60_000

/** Resolves when PostgreSQL answers; rejects with a sentence when it does not in a minute, or refuses us. */
export async function waitForDatabase(
  databaseUrl: string,
  onWaiting: (error: unknown) => void,
  signal?: AbortSignal,
) {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'whook start' })
  try {
    await untilItAnswers(() => sql`select 1`, { withinMs: patienceMs, onWaiting, signal })
  } catch (error) {
    const { host } = new URL(databaseUrl)
    throw new Error(`PostgreSQL at ${host} does not answer: ${(error as Error).message}`, { cause: error })
  } finally {
    await close()
  }
}
