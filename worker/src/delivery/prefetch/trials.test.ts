import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { describe, expect, it } from 'vitest'
import { createTrials, isSuspect } from './trials.js'

const claimOf = (id: string, crashes: number) => ({ id, crashes }) as Claim
const steps = async () => {
  for (let step = 0; step < 20; step++) await null
}

function trialsOver({ stillOurs = () => true }: { stillOurs?: (id: string) => boolean } = {}) {
  const events: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const trials = createTrials({
    async countCrash({ id }) {
      events.push(`count ${id}`)
      return stillOurs(id)
    },
  })
  const deliver = ({ id }: Claim) => {
    events.push(`start ${id}`)
    return new Promise<void>((resolve, reject) =>
      ends.set(id, (error) => (error ? reject(error) : resolve())),
    )
  }
  return { events, ends, start: (id: string) => trials.runAlone(claimOf(id, 2), deliver) }
}

describe('createTrials', () => {
  it('suspects a delivery only when two workers crashed with it', () => {
    expect([0, 1, 2, 3].map((crashes) => isSuspect(claimOf('a', crashes)))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('runs suspects one at a time and counts each crash in advance', async () => {
    const { events, ends, start } = trialsOver()
    const first = start('a')
    const second = start('b')
    await steps()
    expect(events).toEqual(['count a', 'start a'])
    ends.get('a')!(new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    await steps()
    expect(events).toEqual(['count a', 'start a', 'count b', 'start b'])
    ends.get('b')!()
    await second
  })

  it('starts no attempt when the lease was lost', async () => {
    const { events, start } = trialsOver({ stillOurs: () => false })
    await start('a')
    expect(events).toEqual(['count a'])
  })
})
