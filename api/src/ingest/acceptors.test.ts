import type { CapturedRequest } from '@whook/shared'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createAcceptance, type Acceptor } from './acceptors.js'

const never = () => new Promise<void>(() => {})
const refuse = () => Promise.reject(new Error('connection refused'))

/** Two places, of which the first behaves as told, batch by batch, and then works. */
function twoPlaces(behaviour: (() => Promise<void>)[]) {
  const asked: Acceptor['name'][] = []
  const accepted: Acceptor['name'][] = []
  const place = (name: Acceptor['name'], accept: () => Promise<void>): Acceptor => ({
    name,
    timeoutMs: 20,
    accept: () => (asked.push(name), accept()),
  })
  let clock = 0
  const accept = createAcceptance({
    acceptors: [
      place('database', () => behaviour.shift()?.() ?? Promise.resolve()),
      place('queue', () => Promise.resolve()),
    ],
    instanceId: 'i',
    now: () => clock,
    onAccepted: ({ by }) => accepted.push(by),
    onFailed: () => {},
  })
  const requests: CapturedRequest[] = []
  return { accept: () => accept(requests), asked, accepted, pass: (ms: number) => (clock += ms) }
}

describe('acceptance in two places', () => {
  it('asks a place again at once that was late once: it is slow, not gone', async () => {
    const { accept, accepted, asked } = twoPlaces([never])
    for (let batch = 0; batch < 3; batch++) await accept()
    expect(accepted).toEqual(['queue', 'database', 'database'])
    expect(asked).toEqual(['database', 'queue', 'database', 'database'])
  })

  it('leaves a place alone for a while that was late twice in a row', async () => {
    const { accept, accepted, pass } = twoPlaces([never, never])
    for (let batch = 0; batch < 4; batch++) await accept()
    expect(accepted).toEqual(['queue', 'queue', 'queue', 'queue'])
    pass(500)
    await accept()
    expect(accepted.at(-1)).toBe('database')
  })

  it('does not add up what was late long ago', async () => {
    const slow = () => sleep(0)
    const { accept, accepted } = twoPlaces([never, slow, never, slow])
    for (let batch = 0; batch < 4; batch++) await accept()
    expect(accepted).toEqual(['queue', 'database', 'queue', 'database'])
  })

  it('leaves a place alone at once that refused', async () => {
    const { accept, asked, pass } = twoPlaces([refuse])
    for (let batch = 0; batch < 2; batch++) await accept()
    expect(asked).toEqual(['database', 'queue', 'queue'])
    pass(500)
    await accept()
    expect(asked.at(-1)).toBe('database')
  })
})
