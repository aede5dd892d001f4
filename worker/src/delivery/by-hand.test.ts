import { seedQueue } from '@whook/testing/seed-delivery'
import { letProbeThrough } from '@whook/drizzle/queries/destination-state/steer-circuit'
import { defaultDestinationLimits } from '@whook/shared'
import { describe, expect, it, vi } from 'vitest'
import { createSink, status } from '@whook/testing/sink'
import { createEngineTest } from '../testing/test-engine.js'

const waiting = { timeout: 20_000, interval: 50 }

describe('a sleeping destination queue', () => {
  it('sends a probe through an open circuit when the user requests it', async () => {
    await using sink = await createSink(status(200))
    await using test = await createEngineTest()
    const { destination } = await seedQueue(test, { destination: { url: sink.url }, count: 3 })
    await test.sql`update destination_state set circuit = 'open', circuit_open_until = now() + interval '5 minutes'`
    test.engine.wake([destination.id])
    await vi.waitFor(() => expect(test.engine.inFlight()).toBe(0), waiting)
    expect(sink.seen).toEqual([])
    await letProbeThrough(test.sql, [destination.id])
    await vi.waitFor(() => expect(sink.seen).toHaveLength(3), waiting)
    await vi.waitFor(
      () =>
        expect(test.liveMessages).toContainEqual({
          type: 'destination.updated',
          destination: expect.objectContaining({ circuit: 'closed' }),
        }),
      waiting,
    )
  })

  it('continues when its rate limit is lifted', async () => {
    await using sink = await createSink(status(200))
    await using test = await createEngineTest()
    const limits = { ...defaultDestinationLimits, ratePerSecond: 0.001 }
    const { destination } = await seedQueue(test, { destination: { url: sink.url, limits }, count: 3 })
    test.engine.wake([destination.id])
    await vi.waitFor(() => expect(sink.seen).toHaveLength(1), waiting)
    await test.sql`update destination set limits = ${JSON.stringify(defaultDestinationLimits)}::text::jsonb`
    await vi.waitFor(() => expect(sink.seen).toHaveLength(3), waiting)
  })
})
