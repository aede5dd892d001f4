import { createTestDatabase } from '@whook/testing/test-database'
import { expireDeliveries } from '@whook/drizzle/queries/delivery/reclaim-deliveries'
import { readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { expect, it, vi } from 'vitest'
import { startEngine } from '../testing/test-engine.js'

it('gives up 1200 deliveries that waited too long behind an open circuit', async () => {
  await using database = await createTestDatabase()
  const { destination } = await seedQueue(database, { count: 1200 })
  await database.sql`
    insert into destination_state (destination_id, circuit, circuit_open_until)
    values (${destination.id}::uuid, 'open', now() + interval '5 minutes')
    on conflict (destination_id) do update set circuit = 'open', circuit_open_until = excluded.circuit_open_until`
  await database.sql`update destination set retry = retry || '{"maxAgeSeconds": -60}'`
  await using _engine = startEngine(database.url)
  const waiting = () => database.sql`select from delivery where status <> 'dead'`
  await vi.waitFor(async () => expect(await waiting()).toHaveLength(0), { timeout: 20_000, interval: 200 })
})

it('expires old deliveries only when the circuit of their destination is open', async () => {
  await using database = await createTestDatabase()
  const { deliveryId, destination } = await seedQueue(database)
  await database.sql`update destination set retry = retry || '{"maxAgeSeconds": -60}'`
  expect(await expireDeliveries(database.sql)).toEqual([])
  const circuit = (until: string) => database.sql`
    update destination_state set circuit = 'open', circuit_open_until = now() + ${until}::interval
    where destination_id = ${destination.id}::uuid`
  await database.sql`insert into destination_state (destination_id) values (${destination.id}::uuid)
    on conflict do nothing`
  await circuit('-1 second')
  expect(await expireDeliveries(database.sql)).toEqual([])
  await circuit('1 minute')
  expect(await expireDeliveries(database.sql)).toHaveLength(1)
  expect(await readDelivery(database.sql, deliveryId)).toMatchObject({ status: 'dead' })
})
