import { expect, it } from 'vitest'
import { createTestDatabase } from '@whook/testing/test-database'
import { refuseOld, waitForDatabase } from './wait-for-database.js'

const fail = () => expect.unreachable('the database is available')

it('accepts PostgreSQL 15 and rejects 14', async () => {
  await using database = await createTestDatabase()
  await waitForDatabase(database.url, fail)
  expect(() => refuseOld('15.18 (Debian 15.18-0+deb12u1)')).not.toThrow()
  expect(() => refuseOld('14.13')).toThrow('version 14.13 is too old; Whook requires 15 or newer')
})

it('rejects immediately with the host and the reason when the database is missing', async () => {
  await using database = await createTestDatabase()
  const url = new URL(database.url)
  url.pathname = '/not_there'
  await expect(waitForDatabase(url.href, fail)).rejects.toThrow(
    new RegExp(`PostgreSQL at ${url.host} cannot be used: .*not_there`),
  )
})
