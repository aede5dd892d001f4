import type { ConsoleLine, HeaderPairs } from '@whook/shared'

const refused = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Nearly no text has any of these, and most of the text here is looked at for every attempt. */
const suspect = /[\0\ud800-\udfff]/

/** PostgreSQL's text takes neither NUL nor half a surrogate pair; both become U+FFFD. */
export const storableText = (text: string) => (suspect.test(text) ? text.replace(refused, '\ufffd') : text)

export const storablePairs = (pairs: HeaderPairs): HeaderPairs =>
  pairs.map(([name, value]) => [storableText(name), storableText(value)])

export const storableLines = (lines: ConsoleLine[]): ConsoleLine[] =>
  lines.map(({ level, text }) => ({ level, text: storableText(text) }))
