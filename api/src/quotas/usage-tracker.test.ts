import type { UserUsage } from '@whook/drizzle/queries/user/read-usage'
import { expect, it } from 'vitest'
import { createUsageTracker } from './usage-tracker.js'

/** A tracker on a manual clock, whose counters the test sets. */
function trackerWith(quotas: { storedBytes: number; requestsPerDay: number }) {
  let time = 0
  const counters = { storedBytes: 0, requestsToday: 0, secondsLeftToday: 3600 }
  const reads: string[][] = []
  const reached: string[] = []
  const tracker = createUsageTracker({
    quotas,
    read: async (userIds): Promise<UserUsage[]> => {
      reads.push(userIds)
      return userIds.map((userId) => ({ userId, ...counters }))
    },
    onReadFailed: (error) => {
      throw error
    },
    onReached: (quota) => reached.push(quota),
    now: () => time,
  })
  return { tracker, counters, reads, reached, wait: (ms: number) => (time += ms) }
}

it('reads nothing and refuses nothing when both quotas are off', async () => {
  const { tracker, reads } = trackerWith({ storedBytes: Infinity, requestsPerDay: Infinity })
  expect(tracker.refusal('ann')).toBeUndefined()
  await tracker.refresh()
  expect(reads).toEqual([])
  await tracker.stop()
})

it('refuses with storage-full when read and accepted bytes reach the quota', async () => {
  const { tracker, counters, reached } = trackerWith({ storedBytes: 1000, requestsPerDay: Infinity })
  counters.storedBytes = 400
  expect(tracker.refusal('ann')).toBeUndefined()
  await tracker.refresh()
  tracker.accepted('ann', 599)
  expect(tracker.refusal('ann')).toBeUndefined()
  tracker.accepted('ann', 1)
  expect(tracker.refusal('ann')).toMatchObject({ code: 'storage-full' })
  expect(tracker.refusal('bob')).toBeUndefined()
  expect(reached).toEqual(['storedBytes'])
  // Requests are deleted.
  counters.storedBytes = 100
  await tracker.refresh()
  expect(tracker.refusal('ann')).toBeUndefined()
  await tracker.stop()
})

it('refuses with quota-reached until midnight when the daily requests are used up', async () => {
  const { tracker, counters, wait } = trackerWith({ storedBytes: Infinity, requestsPerDay: 10 })
  counters.requestsToday = 9
  tracker.refusal('ann')
  await tracker.refresh()
  tracker.accepted('ann', 1)
  expect(tracker.refusal('ann')).toMatchObject({ code: 'quota-reached', retryAfterSeconds: 3600 })
  wait(3_600_000)
  expect(tracker.refusal('ann')).toBeUndefined()
  await tracker.stop()
})

it('stops reading the counters of a user after ten minutes without requests', async () => {
  const { tracker, reads, wait } = trackerWith({ storedBytes: Infinity, requestsPerDay: 10 })
  tracker.refusal('ann')
  await tracker.refresh()
  wait(600_001)
  tracker.refusal('bob')
  await tracker.refresh()
  expect(reads).toEqual([['ann'], ['bob']])
  await tracker.stop()
})
