import { seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { newId } from '@whook/runtime/ids'
import { createSecretBox } from '@whook/runtime/secrets'
import { expect, it, vi } from 'vitest'
import { renewSeals } from './renew-seals.js'

const [lostKey, newKey] = ['a key that was lost, of 32 characters', 'the key that came in its place, as long']

it('warns while what a lost SECRET_KEY sealed is there, and no more once that key is named', async () => {
  await using database = await createTestDatabase()
  const { sql, db } = database
  const { id: destinationId } = await seedDestination(db, (await seedWebhook(db)).id)
  const id = newId()
  const secret = createSecretBox({ secretKey: lostKey! }).seal(`destination_secret:secret:${id}`, 'x')
  await sql`insert into destination_secret (id, destination_id, secret) values (${id}, ${destinationId}, ${secret})`
  const logger = { warn: vi.fn() }

  await renewSeals({ sql, secrets: createSecretBox({ secretKey: newKey! }), logger })
  expect(logger.warn).toHaveBeenCalledWith(
    { resealed: 0, unreadable: 1 },
    expect.stringContaining('SECRET_KEYS_OLD'),
  )
  logger.warn.mockClear()

  const rotated = createSecretBox({ secretKey: newKey!, oldSecretKeys: [lostKey!] })
  expect(await renewSeals({ sql, secrets: rotated, logger })).toEqual({ resealed: 1, unreadable: 0 })
  expect(logger.warn).not.toHaveBeenCalled()
})
