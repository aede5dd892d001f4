import { untilItAnswers } from '@whook/runtime/until-it-answers'
import { connect } from './client.js'

/** Milliseconds a process that starts waits for PostgreSQL: it may be recovering from a crash beside us. */
const patienceMs = 60_000

const versionMin = 15

/** Resolves when PostgreSQL answers; rejects with a sentence when it does not in a minute, refuses us, or is too old. */
export async function waitForDatabase(
  databaseUrl: string,
  onWaiting: (error: unknown) => void,
  signal?: AbortSignal,
) {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'whook start' })
  const ask = () => sql<[{ version: string }]>`select current_setting('server_version') as version`
  try {
    const [{ version }] = await untilItAnswers(ask, { withinMs: patienceMs, onWaiting, signal })
    refuseOld(version)
  } catch (error) {
    const { host } = new URL(databaseUrl)
    throw new Error(`PostgreSQL at ${host} cannot be used: ${(error as Error).message}`, { cause: error })
  } finally {
    await close()
  }
}

/** `version` as the server tells it, such as `15.18 (Debian 15.18-0+deb12u1)`. */
export function refuseOld(version: string): void {
  if (Number.parseInt(version, 10) >= versionMin) return
  throw new Error(`it is version ${version}, and Whook needs ${versionMin} or newer`)
}
