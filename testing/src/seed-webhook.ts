import type { CapturedRequest } from '@whook/shared'
import { defaultDestinationLimits, defaultRetryPolicy } from '@whook/shared'
import { clock } from '@whook/runtime/clock'
import { newId, newSlug } from '@whook/runtime/ids'
import type { Db } from '@whook/drizzle/client'
import { destination, destinationState, user, webhook } from '@whook/drizzle/schema/index'

type Overrides<T extends { $inferInsert: object }> = Partial<T['$inferInsert']>

export async function seedUser(db: Db, name = `user-${newId()}`): Promise<string> {
  const id = newId()
  await db.insert(user).values({ id, email: `${name}@example.com`, name, googleId: `test ${name}` })
  return id
}

export async function seedWebhook(db: Db, overrides: Overrides<typeof webhook> = {}) {
  const row = {
    id: newId(),
    userId: overrides.userId ?? (await seedUser(db)),
    slug: newSlug(),
    name: 'test',
    response: { status: 202, headers: [], body: null },
    limits: { requestsPerSecond: null, bodyBytesMax: null, retentionDays: null },
    ...overrides,
  }
  await db.insert(webhook).values(row)
  return row
}

export async function seedDestination(
  db: Db,
  webhookId: string,
  overrides: Overrides<typeof destination> = {},
) {
  const row = {
    id: newId(),
    webhookId,
    name: 'sink',
    url: 'http://127.0.0.1:9/',
    headers: [],
    forwardHeaders: [],
    timeoutMs: 2000,
    retry: defaultRetryPolicy,
    limits: defaultDestinationLimits,
    ...overrides,
  }
  await db.insert(destination).values(row)
  await db.insert(destinationState).values({ destinationId: row.id })
  return row
}

export function capturedRequest(
  webhookId: string,
  overrides: Partial<CapturedRequest> = {},
): CapturedRequest {
  const text = overrides.text ?? '{"hello":"world"}'
  return {
    id: newId(),
    webhookId,
    userId: newId(),
    method: 'POST',
    path: '/orders',
    query: 'a=1',
    httpVersion: '1.1',
    remoteAddress: '192.0.2.1',
    headers: ['Content-Type', 'application/json', 'X-Twice', 'one', 'x-twice', 'two'],
    contentType: 'application/json',
    text,
    size: Buffer.byteLength(text),
    event: null,
    verification: 'unconfigured',
    verificationReason: null,
    receivedAt: clock.now(),
    ...overrides,
  }
}

/** Returns a UUIDv7 of another time, given in milliseconds since the epoch. */
export function idAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`
}
