import { createTestDatabase } from '@whook/drizzle/testing/test-database'
import { seedLane } from '@whook/drizzle/testing/seed-delivery'
import { expect, it, vi } from 'vitest'
import { startEngine } from '../testing/test-engine.js'

it('all that waited too long behind an open circuit is given up, however much it is', async () => {
  await using database = await createTestDatabase()
  const { destination } = await seedLane(database, { count: 1200 })
  await database.sql`
    insert into destination_state (destination_id, circuit, circuit_open_until)
    values (${destination.id}::uuid, 'open', now() + interval '1 hour')
    on conflict (destination_id) do update set circuit = 'open', circuit_open_until = excluded.circuit_open_until`
  await database.sql`update destination set retry = retry || '{"maxAgeSeconds": -60}'`
  await using _engine = startEngine(database.url)
  const waiting = () => database.sql`select from delivery where status <> 'dead'`
  await vi.waitFor(async () => expect(await waiting()).toHaveLength(0), { timeout: 20_000, interval: 200 })
})
