import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { describe, expect, it } from 'vitest'
import { createTrials } from './trials.js'

const claimOf = (id: string, crashes: number) => ({ id, crashes }) as Claim
const steps = async () => {
  for (let step = 0; step < 20; step++) await null
}

function trialsOver({ stillOurs = () => true }: { stillOurs?: (id: string) => boolean } = {}) {
  const events: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const deliver = createTrials({
    async bookCrash({ id }) {
      events.push(`book ${id}`)
      return stillOurs(id)
    },
    deliver: ({ id }) => {
      events.push(`start ${id}`)
      return new Promise((resolve, reject) => ends.set(id, (error) => (error ? reject(error) : resolve())))
    },
  })
  return { events, ends, start: (id: string, crashes: number) => deliver(claimOf(id, crashes), () => {}) }
}

describe('createTrials', () => {
  it('starts a delivery immediately when at most one worker crashed with it', async () => {
    const { events, start } = trialsOver()
    void start('a', 0)
    void start('b', 1)
    await steps()
    expect(events).toEqual(['start a', 'start b'])
  })

  it('runs suspects one at a time and counts each crash in advance', async () => {
    const { events, ends, start } = trialsOver()
    const first = start('a', 2)
    const second = start('b', 2)
    await steps()
    expect(events).toEqual(['book a', 'start a'])
    ends.get('a')!(new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    await steps()
    expect(events).toEqual(['book a', 'start a', 'book b', 'start b'])
    ends.get('b')!()
    await second
  })

  it('starts no attempt when the lease was lost', async () => {
    const { events, start } = trialsOver({ stillOurs: () => false })
    await start('a', 2)
    expect(events).toEqual(['book a'])
  })
})
