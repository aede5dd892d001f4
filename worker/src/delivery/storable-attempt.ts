import type { ConsoleLine, HeaderPairs } from '@whook/shared'
import { storableText } from '@whook/runtime/storable'

export const storablePairs = (pairs: HeaderPairs): HeaderPairs =>
  pairs.map(([name, value]) => [storableText(name), storableText(value)])

export const storableLines = (lines: ConsoleLine[]): ConsoleLine[] =>
  lines.map(({ level, text }) => ({ level, text: storableText(text) }))
