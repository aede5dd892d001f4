/** A comment, a CDATA section or a tag. An unclosed one ends at the end of the text, so each character is read once. */
export const markup = /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<[^>]*(?:>|$)/g
const token = new RegExp(`${markup.source}|[^<]+`, 'g')
/** Deeper elements are not indented further: a body of only opening tags would grow a thousandfold. */
const indentMax = 40

/** Returns XML with one element per line. An element with only text stays on one line. Resolves and fetches nothing. */
export function prettyXml(text: string): string {
  const lines: string[] = []
  let depth = 0
  let open = false
  for (const [part] of text.matchAll(token)) {
    const piece = part.trim()
    if (piece === '') continue
    const closes = piece.startsWith('</')
    if (closes) depth = Math.max(0, depth - 1)
    const inline: boolean = open && (closes || !piece.startsWith('<'))
    if (inline) lines[lines.length - 1] += piece
    else lines.push('  '.repeat(Math.min(depth, indentMax)) + piece)
    const opens = /^<[^!?/]/.test(piece) && !piece.endsWith('/>')
    if (opens) depth++
    open = opens || (inline && !closes)
  }
  return lines.join('\n')
}
