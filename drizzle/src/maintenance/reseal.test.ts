import { createSecretBox, secretContexts } from '@whook/runtime/secrets'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { resealSecrets } from './reseal.js'

const [oldKey, newKey, lostKey] = ['old', 'new', 'lost'].map(
  (name) => `${name} key, long enough to be one of ours`,
)
const before = createSecretBox({ secretKey: oldKey! })
const rotated = createSecretBox({ secretKey: newKey!, oldSecretKeys: [oldKey!] })
const after = createSecretBox({ secretKey: newKey! })

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>

/**
 * A webhook with two verification secrets and a verify token, and a destination with `count` signing secrets, sealed
 * with the old key.
 */
async function seeded({ sql, db }: TestDatabase, count: number) {
  const { id: webhookId } = await seedWebhook(db)
  const { id: destinationId } = await seedDestination(db, webhookId)
  const ids = Array.from({ length: count }, () => newId())
  for (const id of ids) {
    const secret = before.seal(secretContexts.signingSecret(id), `secret of ${id}`)
    await sql`insert into destination_secret (id, destination_id, secret) values (${id}, ${destinationId}, ${secret})`
  }
  const secrets = ['a', 'b'].map((text) => before.seal(secretContexts.verification(webhookId), text))
  const verification = {
    provider: 'meta',
    secrets,
    verifyToken: before.seal(secretContexts.verification(webhookId), 'c'),
  }
  await sql`update webhook set verification = ${JSON.stringify(verification)}::text::jsonb where id = ${webhookId}`
  return { webhookId, ids }
}

describe('resealSecrets', () => {
  it('re-encrypts all secrets for the new key, and none in a second run', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhookId, ids } = await seeded(database, 205)
    expect(await resealSecrets(sql, rotated)).toEqual({ resealed: 206, unreadable: 0 })
    for (const row of await sql<{ id: string; secret: string }[]>`select id, secret from destination_secret`)
      expect(after.open(secretContexts.signingSecret(row.id), row.secret)).toBe(`secret of ${row.id}`)
    const [hook] = await sql<
      { verification: { provider: string; secrets: string[]; verifyToken: string } }[]
    >`select verification from webhook`
    const { provider, secrets, verifyToken } = hook!.verification
    expect(provider).toBe('meta')
    expect(
      [...secrets, verifyToken].map((sealed) => after.open(secretContexts.verification(webhookId), sealed)),
    ).toEqual(['a', 'b', 'c'])
    expect(await sql`select from destination_secret`).toHaveLength(ids.length)
    expect(await resealSecrets(sql, rotated)).toEqual({ resealed: 0, unreadable: 0 })
  })

  it('counts secrets that no key opens, and does not change them', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    await seeded(database, 1)
    const otherBox = createSecretBox({ secretKey: newKey!, oldSecretKeys: [lostKey!] })
    const rows = await sql`select secret from destination_secret`
    expect(await resealSecrets(sql, otherBox)).toEqual({ resealed: 0, unreadable: 2 })
    expect(await sql`select secret from destination_secret`).toEqual(rows)
  })
})
