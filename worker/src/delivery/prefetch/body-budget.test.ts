import { describe, expect, it } from 'vitest'
import { createBodyBudget } from './body-budget.js'

const turn = () => new Promise((resolve) => setImmediate(resolve))

function budgetOf(bytesMax: number) {
  const budget = createBodyBudget(bytesMax)
  const begun: string[] = []
  const ends: (() => void)[] = []
  /** Holds the bytes until the test calls its function in `ends`. */
  const hold = (userId: string, bytes: number) =>
    void budget.within({ userId, bytes }, async () => {
      begun.push(userId)
      await new Promise<void>((end) => ends.push(end))
    })
  return { hold, begun, ends }
}

describe('createBodyBudget', () => {
  it('leaves room for another user when all bodies of one user hang', async () => {
    const { hold, begun } = budgetOf(100)
    for (let n = 0; n < 50; n++) hold('hangs', 10)
    await turn()
    const ofOne = begun.length
    expect(ofOne).toBeGreaterThan(5)
    expect(ofOne).toBeLessThan(10)
    hold('other', 10)
    await turn()
    expect(begun.slice(ofOne)).toEqual(['other'])
  })

  it('holds a body larger than the budget only when it is alone', async () => {
    const { hold, begun, ends } = budgetOf(100)
    hold('a', 500)
    hold('b', 10)
    await turn()
    expect(begun).toEqual(['a'])
    ends[0]!()
    await turn()
    expect(begun).toEqual(['a', 'b'])
  })

  it('gives freed bytes to users in turn and never skips one that waits for room', async () => {
    const { hold, begun, ends } = budgetOf(100)
    for (const userId of ['a', 'a', 'a']) hold(userId, 20)
    hold('large', 60)
    hold('b', 20)
    await turn()
    expect(begun).toEqual(['a', 'a', 'a'])
    ends[0]!()
    await turn()
    expect(begun.slice(3)).toEqual(['large'])
    ends[1]!()
    await turn()
    expect(begun.slice(4)).toEqual(['b'])
  })
})
