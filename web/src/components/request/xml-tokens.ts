import { markup } from './pretty-xml.js'
import type { Token } from './text-pieces.js'

export type XmlKind = 'name' | 'attribute' | 'string' | 'aside' | 'bracket' | 'text'

/** Longer texts are shown without colours, because a span for each value is slow. */
const coloredCharsMax = 50_000
const tag = /^(<\/?)([^\s/>]+)([\s\S]*?)(\/?>?)$/
const inTag = /("[^"]*"|'[^']*')|([^\s="']+)|[\s=]+|["']/g

/** Splits text into tokens to colour. The tokens, joined, are the same text, also when it is not valid XML. */
export function xmlTokens(text: string): Token<XmlKind>[] {
  if (text.length > coloredCharsMax) return [{ kind: 'text', text }]
  const found: Token<XmlKind>[] = []
  const add = (kind: XmlKind, part: string) => part && found.push({ kind, text: part })
  let at = 0
  for (const { 0: whole, index } of text.matchAll(markup)) {
    add('text', text.slice(at, index))
    at = index + whole.length
    const [, opening, name, inside, closing] = (/^<[!?]/.test(whole) ? null : tag.exec(whole)) ?? []
    if (name === undefined) {
      add('aside', whole)
      continue
    }
    add('bracket', opening!)
    add('name', name)
    for (const [part, string, attribute] of inside!.matchAll(inTag))
      add(string ? 'string' : attribute ? 'attribute' : 'bracket', part)
    add('bracket', closing!)
  }
  add('text', text.slice(at))
  return found
}
