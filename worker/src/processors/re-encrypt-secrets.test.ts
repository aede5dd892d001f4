import { seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { newId } from '@whook/runtime/ids'
import { createSecretBox, secretContexts } from '@whook/runtime/secrets'
import { expect, it, vi } from 'vitest'
import { reEncryptSecrets } from './re-encrypt-secrets.js'

const [lostKey, newKey] = ['a lost key of at least 32 characters', 'the new key, also at least 32 characters']

it('warns of secrets of a lost SECRET_KEY until SECRET_KEYS_OLD contains it', async () => {
  await using database = await createTestDatabase()
  const { sql, db } = database
  const { id: destinationId } = await seedDestination(db, (await seedWebhook(db)).id)
  const id = newId()
  const secret = createSecretBox({ secretKey: lostKey! }).seal(secretContexts.signingSecret(id), 'x')
  await sql`insert into destination_secret (id, destination_id, secret) values (${id}, ${destinationId}, ${secret})`
  const logger = { warn: vi.fn() }

  await reEncryptSecrets({ sql, secrets: createSecretBox({ secretKey: newKey! }), logger })
  expect(logger.warn).toHaveBeenCalledWith(
    { resealed: 0, unreadable: 1 },
    expect.stringContaining('SECRET_KEYS_OLD'),
  )
  logger.warn.mockClear()

  const rotated = createSecretBox({ secretKey: newKey!, oldSecretKeys: [lostKey!] })
  expect(await reEncryptSecrets({ sql, secrets: rotated, logger })).toEqual({ resealed: 1, unreadable: 0 })
  expect(logger.warn).not.toHaveBeenCalled()
})
