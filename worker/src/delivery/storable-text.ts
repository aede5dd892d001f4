import type { ConsoleLine, HeaderPairs } from '@whook/shared'

const refused = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** PostgreSQL's text takes neither NUL nor half a surrogate pair; both become U+FFFD. */
export const storableText = (text: string) => text.replace(refused, '\ufffd')

export const storablePairs = (pairs: HeaderPairs): HeaderPairs =>
  pairs.map(([name, value]) => [storableText(name), storableText(value)])

export const storableLines = (lines: ConsoleLine[]): ConsoleLine[] =>
  lines.map(({ level, text }) => ({ level, text: storableText(text) }))
