import { apiKey, replay, transformationVersion, type Sql } from '@whook/drizzle'
import { forceStatus, seedQueue } from '@whook/testing/seed-delivery'
import { clock } from '@whook/runtime/clock'
import { apiKeyScopes, type ApiKeyScope } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { hashApiKey, newApiKey } from '../auth/api-key-format.js'
import { cookieNames } from '../auth/cookie-names.js'
import { csrfToken } from '../auth/csrf.js'
import { hashSessionId } from '../auth/sessions.js'
import type { buildTestApp } from './build-test-app.js'

type TestApp = Awaited<ReturnType<typeof buildTestApp>>
export type Belongings = Awaited<ReturnType<typeof seedBelongings>>
export type Headers = Record<string, string>

const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` })

/** Creates a user with one object of each kind and every kind of credential, valid and invalid. */
export async function seedBelongings(test: TestApp, deliveryStatus?: 'dead' | 'filtered') {
  const { db, sql } = test.database
  const { webhook, destination, requests, deliveryId } = await seedQueue(test.database, {
    webhook: { scriptVersion: 1 },
  })
  const { userId, id: webhookId } = webhook
  // The try-now route requires an open circuit.
  await sql`
    update destination_state set circuit = 'open', circuit_open_until = now() + interval '5 minutes'
    where destination_id = ${destination.id}`
  if (deliveryStatus) await forceStatus(sql, deliveryId, deliveryStatus, newId())

  const addKey = async (scope: ApiKeyScope, ends: { expiresAt?: Date; revokedAt?: Date } = {}) => {
    const [id, key] = [newId(), newApiKey()]
    const row = { id, userId, name: scope, prefix: key.slice(0, 12), hash: hashApiKey(key), scopes: [scope] }
    await db.insert(apiKey).values({ ...row, ...ends })
    return { id, headers: bearer(key) }
  }
  const [read, write, admin] = await Promise.all(apiKeyScopes.map((scope) => addKey(scope)))
  const past = new Date(clock.now() - 1000)
  const [expired, revoked] = await Promise.all([
    addKey('admin', { expiresAt: past }),
    addKey('admin', { revokedAt: past }),
  ])

  const replayId = newId()
  await db
    .insert(replay)
    .values({ id: replayId, userId, webhookId, status: 'running', selection: { webhookId }, total: 1 })
  await db.insert(transformationVersion).values({ webhookId, version: 1, script: null })

  const current = await openSession(test, userId)
  const ended = await openSession(test, userId)
  await sql`delete from session where id_hash = ${ended.idHash}`
  return {
    userId,
    webhookId,
    destinationId: destination.id,
    requestId: requests[0]!.id,
    deliveryId,
    replayId,
    version: '1',
    apiKeyId: read!.id,
    sessionId: current.idHash.toString('base64url'),
    session: current.headers,
    keys: { read: read!.headers, write: write!.headers, admin: admin!.headers },
    useless: {
      'an expired key': expired.headers,
      'a revoked key': revoked.headers,
      'an unknown key': bearer(newApiKey()),
      'the cookie of an ended session': ended.headers,
    },
  }
}

async function openSession({ app, config }: TestApp, userId: string) {
  const id = await app.sessions.create({ userId, ip: '127.0.0.1', userAgent: 'test' })
  const idHash = hashSessionId(id)
  const cookie = encodeURIComponent(app.encodeSecureSession(app.createSecureSession({ id }), 'session'))
  const headers: Headers = {
    cookie: `${cookieNames(config).session}=${cookie}`,
    'x-csrf-token': csrfToken(config.secretKey, idHash),
  }
  return { idHash, headers }
}

/** Returns every row that contains one of these ids, without the time a credential was last used. */
export async function rowsOf(sql: Sql, { userId, webhookId, destinationId, deliveryId }: Belongings) {
  const naming = [userId, webhookId, destinationId, deliveryId].map((id) => `%${id}%`)
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`
  const rows = tables.map(
    ({ name }) => sql`
      select (to_jsonb(t) - 'last_used_at' - 'last_seen_at')::text as row from ${sql(name)} t
      where to_jsonb(t)::text like any(${naming}) order by 1`,
  )
  return Object.fromEntries(
    (await Promise.all(rows)).map((found, index) => [tables[index]!.name, [...found]]),
  )
}
