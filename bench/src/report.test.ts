import { describe, expect, it } from 'vitest'
import { holds, renderTable } from './report.js'

const figure = {
  name: 'accepted',
  ours: 60,
  unit: '/s',
  floor: { name: 'F2', value: 100 },
  hold: { atLeast: 0.65 },
}

describe('renderTable', () => {
  it('prints MISSED when the ratio is below the limit', () => {
    expect(holds(figure)).toBe(false)
    expect(renderTable([figure])).toContain('>= 0.65 MISSED')
    expect(holds({ ...figure, ours: 66 })).toBe(true)
  })

  it('fails a figure when it lost a request', () => {
    expect(holds({ ...figure, ours: 99, lost: 1 })).toBe(false)
  })
})
