import { expect, it } from 'vitest'
import { prettyXml } from './pretty-xml.js'

it.each([
  ['<a><b>1</b><c/></a>', '<a>\n  <b>1</b>\n  <c/>\n</a>'],
  ['<?xml version="1.0"?><a x="1"> <!-- n --> </a>', '<?xml version="1.0"?>\n<a x="1">\n  <!-- n -->\n</a>'],
  ['<a><![CDATA[<b>]]></a>', '<a>\n  <![CDATA[<b>]]>\n</a>'],
  ['</a></b>', '</a>\n</b>'],
  ['<a>1 < 2', '<a>1\n  < 2'],
  ['<a><!-- never closed', '<a>\n  <!-- never closed'],
])('indents %s', (text, pretty) => expect(prettyXml(text)).toBe(pretty))

it.each(['<!--', '<![CDATA[', '<', '<a>'])('keeps all text when a body only repeats %s', (piece) => {
  const pretty = prettyXml(piece.repeat(100_000))
  expect(pretty.replaceAll(/[\n ]/g, '')).toBe(piece.repeat(100_000))
})
