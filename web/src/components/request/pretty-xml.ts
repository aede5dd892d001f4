/** A comment, a CDATA section or a tag; to the end of the text where one never closes, so that each character is read once. */
export const markup = /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<[^>]*(?:>|$)/g
const token = new RegExp(`${markup.source}|[^<]+`, 'g')
/** Deeper elements stand under each other: a body that only opens them would be made a thousand times longer. */
const indentMax = 40

/** XML with one element a line; text that stands alone in an element stays on its line. Nothing is resolved or fetched. */
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
