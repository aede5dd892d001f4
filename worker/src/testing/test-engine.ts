import { connect } from '@whook/drizzle'
import { createTestDatabase } from '@whook/testing/test-database'
import type { LiveMessage } from '@whook/shared'
import { createLogger } from '@whook/runtime/logger'
import { createAddressPolicy, type AddressPolicy } from '@whook/runtime/outbound/address-policy'
import { createGuardedClient } from '@whook/runtime/outbound/guarded-client'
import { createSecretBox } from '@whook/runtime/secrets'
import { createDeliveryEngine } from '../delivery/engine.js'
import type { Transform } from '../delivery/build-outbound-request.js'

export const testSecrets = createSecretBox({ secretKey: 'a test key that is long enough for it' })

interface TestEngineSettings {
  slots?: number
  leaseSeconds?: number
  transform?: Transform
  /** Default: local mode, where destinations may be on loopback. */
  addresses?: AddressPolicy
}

/** Starts the real engine on a real database and the real outbound client. */
export function startEngine(databaseUrl: string, options: TestEngineSettings = {}) {
  const database = connect(databaseUrl, { poolSize: 4, name: 'test-engine' })
  const liveMessages: LiveMessage[] = []
  let reclaimed = 0
  const addresses =
    options.addresses ?? createAddressPolicy({ mode: 'local', allowPrivateCidrs: [], denied: [] })
  const client = createGuardedClient({ addresses })
  const engine = createDeliveryEngine({
    sql: database.sql,
    client,
    transform: options.transform ?? (() => Promise.reject(new Error('this test has no scripts'))),
    secrets: testSecrets,
    announcer: { publish: (_userId, ...messages) => void liveMessages.push(...messages) },
    metrics: { attempted: () => {}, reclaimed: (count) => void (reclaimed += count) },
    logger: createLogger('worker', 'silent'),
    slots: options.slots ?? 100,
    leaseSeconds: options.leaseSeconds,
  })
  const close = async () => {
    await engine.close(1000)
    await client.close()
    await database.close()
  }
  return { engine, liveMessages, reclaimed: () => reclaimed, close, [Symbol.asyncDispose]: close }
}

export async function createEngineTest(options: TestEngineSettings = {}) {
  const database = await createTestDatabase()
  const running = startEngine(database.url, options)
  return {
    ...running,
    sql: database.sql,
    db: database.db,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await running.close()
      await database.drop()
    },
  }
}
