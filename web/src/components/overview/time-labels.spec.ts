import { describe, expect, it } from 'vitest'
import { timeLabels } from './time-labels.js'

const at = (text: string) => Date.parse(text) / 1000

describe('timeLabels', () => {
  const { mark, moment } = timeLabels(true)
  it('returns the clock time within a day', () => expect(mark(at('2026-11-25T06:45:00Z'), 900)).toBe('06:45'))
  it('returns the day at midnight', () => expect(mark(at('2026-11-25T00:00:00Z'), 900)).toBe('25 Nov'))
  it('returns only days when the step is a day', () =>
    expect(mark(at('2026-11-25T12:00:00Z'), 86_400)).toBe('25 Nov'))
  it('returns day and clock time of the point under the pointer', () =>
    expect(moment(at('2026-11-25T06:45:00Z'))).toBe('25 Nov, 06:45'))
})
