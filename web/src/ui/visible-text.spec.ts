import { describe, expect, it } from 'vitest'
import { visibleText } from './visible-text.js'

describe('visibleText', () => {
  it.each([
    ['marks of direction', 'abc\u202egpj.exe\u2066\u200f', String.raw`abc\u202egpj.exe\u2066\u200f`],
    ['zero-width characters', 'a\u200bb\u200cc\u200dd\ufeffe', String.raw`a\u200bb\u200cc\u200dd\ufeffe`],
    ['line separators', 'a\u2028b\u0085c', String.raw`a\u2028b\u0085c`],
    ['controls', 'a\0b\x1b[31m\x7f', String.raw`a\u0000b\u001b[31m\u007f`],
    ['fillers and soft hyphens', 'a\u3164b\u00adc', String.raw`a\u3164b\u00adc`],
    ['tags', 'a\u{e0041}b', String.raw`a\u{e0041}b`],
    ['half a surrogate pair', 'a\ud800b', String.raw`a\ud800b`],
    ['a joiner between Latin letters', 'pay\u200dpal', String.raw`pay\u200dpal`],
    ['a joiner after an emoji', '👩\u200dx', String.raw`👩\u200dx`],
  ])('escapes %s', (_, text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  it.each([
    ['plain text with tabs and lines', 'a\tb\r\nc "\\u202e"'],
    ['right-to-left words', 'שלום مرحبا'],
    ['families, flags and skin tones', '👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇨🇿✊🏿🏳️‍🌈'],
    ['joiners of Persian and Hindi', 'می\u200cخواهم क्\u200dष'],
    ['accents and pairs', 'Zͫ é 𝕳'],
  ])('keeps %s', (_, text) => {
    expect(visibleText(text)).toBe(text)
  })

  it('escapes hundreds of thousands of characters', () => {
    const text = '\u{1f3f4}\u{e0061}\u200d'
    const shown = '\u{1f3f4}' + String.raw`\u{e0061}\u200d`
    expect(visibleText(text.repeat(200_000))).toBe(shown.repeat(200_000))
  })
})
