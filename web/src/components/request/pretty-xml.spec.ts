import { expect, it } from 'vitest'
import { prettyXml } from './pretty-xml.js'

it.each([
  ['<a><b>1</b><c/></a>', '<a>\n  <b>1</b>\n  <c/>\n</a>'],
  ['<?xml version="1.0"?><a x="1"> <!-- n --> </a>', '<?xml version="1.0"?>\n<a x="1">\n  <!-- n -->\n</a>'],
  ['<a><![CDATA[<b>]]></a>', '<a>\n  <![CDATA[<b>]]>\n</a>'],
  ['</a></b>', '</a>\n</b>'],
])('%s', (text, pretty) => expect(prettyXml(text)).toBe(pretty))
