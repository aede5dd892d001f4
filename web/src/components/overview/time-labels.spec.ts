import { describe, expect, it } from 'vitest'
import { timeLabels } from './time-labels.js'

const at = (text: string) => Date.parse(text) / 1000

describe('marks of a time axis', () => {
  const { mark, moment } = timeLabels(true)
  it('show the clock within a day', () => expect(mark(at('2026-11-25T06:45:00Z'), 900)).toBe('06:45'))
  it('show the day where one begins', () => expect(mark(at('2026-11-25T00:00:00Z'), 900)).toBe('25 Nov'))
  it('show days alone over weeks', () => expect(mark(at('2026-11-25T12:00:00Z'), 86_400)).toBe('25 Nov'))
  it('name the moment under the pointer whole', () =>
    expect(moment(at('2026-11-25T06:45:00Z'))).toBe('25 Nov, 06:45'))
})
