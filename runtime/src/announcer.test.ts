import { expect, it, vi } from 'vitest'
import type { LiveEnvelope } from '@whook/shared/live'
import { createAnnouncer } from './announcer.js'

const logger = { warn: vi.fn() }
const deleted = (requestId: string) => ({ type: 'request.deleted', webhookId: 'w', requestId }) as const

it('publishes live messages when the control message fails', async () => {
  const publish = vi.fn<(envelopes: LiveEnvelope[]) => Promise<void>>().mockResolvedValue()
  const control = vi.fn().mockRejectedValue(new Error('too long'))
  const announcer = createAnnouncer({ liveBus: { publish, control }, logger, gatherMs: 0 })
  announcer.deliveriesDue(['d'])
  announcer.publish('ann', deleted('1'))
  await vi.waitFor(() => expect(publish).toHaveBeenCalledWith([{ userId: 'ann', messages: [deleted('1')] }]))
  await announcer.close()
})

it('publishes a gap to the users of lost messages when the bus is back', async () => {
  const publish = vi
    .fn<(envelopes: LiveEnvelope[]) => Promise<void>>()
    .mockRejectedValueOnce(new Error('away'))
    .mockResolvedValue()
  const announcer = createAnnouncer({
    liveBus: { publish, control: () => Promise.resolve() },
    logger,
    gatherMs: 0,
  })
  announcer.publish('ann', deleted('1'))
  await vi.waitFor(() => expect(publish).toHaveBeenCalledTimes(1))
  await vi.waitFor(() => expect(logger.warn).toHaveBeenCalled())
  announcer.publish('bob', deleted('2'))
  announcer.publish('ann', deleted('3'))
  await vi.waitFor(() => expect(publish).toHaveBeenCalledTimes(2))
  expect(publish.mock.calls[1]![0]).toEqual([
    { userId: 'ann', messages: [{ type: 'gap' }, deleted('3')] },
    { userId: 'bob', messages: [deleted('2')] },
  ])
  await announcer.close()
})

it('publishes the gap without further messages, and logs one outage once', async () => {
  const logger = { warn: vi.fn() }
  const publish = vi
    .fn<(envelopes: LiveEnvelope[]) => Promise<void>>()
    .mockRejectedValueOnce(new Error('away'))
    .mockRejectedValueOnce(new Error('still away'))
    .mockResolvedValue()
  const announcer = createAnnouncer({
    liveBus: { publish, control: () => Promise.resolve() },
    logger,
    gatherMs: 0,
  })
  announcer.publish('ann', deleted('1'))
  await vi.waitFor(() => expect(publish).toHaveBeenCalledTimes(3), { timeout: 5000 })
  expect(publish.mock.calls[2]![0]).toEqual([{ userId: 'ann', messages: [{ type: 'gap' }] }])
  expect(logger.warn).toHaveBeenCalledTimes(1)
  await announcer.close()
})
