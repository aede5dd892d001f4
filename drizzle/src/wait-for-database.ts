import { retryUntilAvailable } from '@whook/runtime/retry-until-available'
import { connect } from './client.js'

/** Milliseconds that a starting process waits for PostgreSQL, which may be recovering from a crash. */
const patienceMs = 60_000

const versionMin = 15

/**
 * Resolves when PostgreSQL is ready. Rejects when it is unreachable for 60 seconds, refuses the login, or is too old.
 */
export async function waitForDatabase(
  databaseUrl: string,
  onWaiting: (error: unknown) => void,
  signal?: AbortSignal,
) {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'whook start' })
  const readVersion = () => sql<[{ version: string }]>`select current_setting('server_version') as version`
  try {
    const [{ version }] = await retryUntilAvailable(readVersion, { withinMs: patienceMs, onWaiting, signal })
    refuseOld(version)
  } catch (error) {
    const { host } = new URL(databaseUrl)
    throw new Error(`PostgreSQL at ${host} cannot be used: ${(error as Error).message}`, { cause: error })
  } finally {
    await close()
  }
}

/**
 * Throws an error when `version` is too old. `version` is the server's text, such as `15.18 (Debian
 * 15.18-0+deb12u1)`.
 */
export function refuseOld(version: string): void {
  if (Number.parseInt(version, 10) >= versionMin) return
  throw new Error(`version ${version} is too old; Whook requires ${versionMin} or newer`)
}
