import { deliveryResult } from '@whook/testing/delivery-result'
import type { DeliveryResult } from '@whook/drizzle/queries/delivery/record-attempts'
import { describe, expect, it } from 'vitest'
import { createRecorder } from './record.js'

const failure = (code: string) => Object.assign(new Error(`SQLSTATE ${code}`), { code })
const resultOf = (deliveryId: string) => deliveryResult({ deliveryId, destination: { id: 'd' } })
const hasDetails = (result: DeliveryResult) => (result.attempt?.requestHeaders.length ?? 0) > 0

/** A recorder whose database fails with the error that `refuse` returns. */
function recorderOver(refuse: (results: DeliveryResult[]) => Error | undefined) {
  const stored: DeliveryResult[] = []
  const recorder = createRecorder({
    async write(results) {
      const error = refuse(results)
      if (error) throw error
      stored.push(...results)
      return { moved: [], recovered: [], circuits: [] }
    },
    prefetch: { inFlight: 0 },
    logger: { error: () => {}, warn: () => {} },
  })
  return { recorder, stored, ids: () => stored.map(({ id }) => id).sort() }
}

const isBad = (results: DeliveryResult[]) => results.some(({ id }) => id === 'bad')

describe('createRecorder', () => {
  it.each(['22P02', '23505', '54000'])(
    'gives up only one result when PostgreSQL rejects it with %s',
    async (code) => {
      const { recorder, ids } = recorderOver((results) => (isBad(results) ? failure(code) : undefined))
      const neighbours = ['a', 'b', 'c', 'd', 'e'].map((id) => recorder.record(resultOf(id)))
      const bad = recorder.record(resultOf('bad'))
      await expect(bad).rejects.toThrow('cannot be stored')
      await Promise.all(neighbours)
      await recorder.record(resultOf('later'))
      expect(ids()).toEqual(['a', 'b', 'c', 'd', 'e', 'later'])
    },
  )

  it('stores a result without its details when PostgreSQL refuses only those', async () => {
    const { recorder, stored } = recorderOver((results) =>
      isBad(results) && results.some(hasDetails) ? failure('22021') : undefined,
    )
    await Promise.all([recorder.record(resultOf('bad')), recorder.record(resultOf('a'))])
    expect(stored.map((result) => [result.id, hasDetails(result)])).toContainEqual(['bad', false])
    expect(stored.map((result) => [result.id, hasDetails(result)])).toContainEqual(['a', true])
  })

  it('retries a deadlocked statement in smaller parts and gives up only its cause', async () => {
    const { recorder, ids } = recorderOver((results) => (isBad(results) ? failure('40P01') : undefined))
    const all = ['a', 'bad'].map((id) => recorder.record(resultOf(id)))
    const ended = await Promise.allSettled(all)
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(ids()).toEqual(['a'])
  })

  it('keeps results while PostgreSQL is unavailable', async () => {
    let writes = 0
    const { recorder, ids } = recorderOver(() => (++writes < 8 ? failure('ECONNREFUSED') : undefined))
    await recorder.record(resultOf('a'))
    expect(ids()).toEqual(['a'])
  })

  it('returns one batch to all deliveries that are written together', async () => {
    const { recorder } = recorderOver(() => undefined)
    const [first, second] = await Promise.all(['a', 'b'].map((id) => recorder.record(resultOf(id))))
    expect(first).toBe(second)
    expect(first!.results.map(({ id }) => id)).toEqual(['a', 'b'])
  })
})
