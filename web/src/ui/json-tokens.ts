export type JsonKind = 'key' | 'string' | 'number' | 'word' | 'plain'

/** Longer texts are shown without colours, because a span for each value is slow. */
const coloredCharsMax = 50_000
/** An unclosed string ends at the end of the text, so that each character is read once. */
const tokens =
  /("(?:\\[\s\S]?|[^"\\])*(?:"|$))(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Splits text into tokens to colour. The tokens, joined, are the same text, also when it is not valid JSON. */
export function jsonTokens(text: string): { kind: JsonKind; text: string }[] {
  if (text.length > coloredCharsMax || !/^\s*[[{"]/.test(text)) return [{ kind: 'plain', text }]
  const found: { kind: JsonKind; text: string }[] = []
  let at = 0
  for (const match of text.matchAll(tokens)) {
    const [whole, string, colon] = match
    if (match.index > at) found.push({ kind: 'plain', text: text.slice(at, match.index) })
    if (string && colon) found.push({ kind: 'key', text: string }, { kind: 'plain', text: colon })
    else found.push({ kind: string ? 'string' : /^[tfn]/.test(whole) ? 'word' : 'number', text: whole })
    at = match.index + whole.length
  }
  if (at < text.length) found.push({ kind: 'plain', text: text.slice(at) })
  return found
}
