import { expect, it } from 'vitest'
import { createTestDatabase } from '@whook/testing/test-database'
import { refuseOld, waitForDatabase } from './wait-for-database.js'

const fail = () => expect.unreachable('it answers')

it('takes the PostgreSQL of the tests, and says which one is too old', async () => {
  await using database = await createTestDatabase()
  await waitForDatabase(database.url, fail)
  expect(() => refuseOld('15.18 (Debian 15.18-0+deb12u1)')).not.toThrow()
  expect(() => refuseOld('14.13')).toThrow('it is version 14.13, and Whook needs 15 or newer')
})

it('says at once which server refuses it, and why', async () => {
  await using database = await createTestDatabase()
  const url = new URL(database.url)
  url.pathname = '/not_there'
  await expect(waitForDatabase(url.href, fail)).rejects.toThrow(
    new RegExp(`PostgreSQL at ${url.host} cannot be used: .*not_there`),
  )
})
