export interface Token<Kind> {
  kind: Kind
  text: string
}
/** `match`: index of the match that contains this piece; -1 outside of matches. */
export type Piece<Kind> = Token<Kind> & { match: number }

/** Maximum number of matches. A search for one letter in megabytes of text needs no more. */
export const foundMax = 10_000
/** Maximum number of marked matches, near the current one. Each mark is an element of the page. */
const markedMax = 400

/** Returns the start of each match, at most `foundMax`. Ignores case. */
export function findInText(text: string, find: string): number[] {
  const starts: number[] = []
  if (find === '') return starts
  for (const { index } of text.matchAll(new RegExp(escaped(find), 'gi'))) {
    starts.push(index)
    if (starts.length === foundMax) break
  }
  return starts
}

/** Escapes the text for use in a regular expression. */
export const escaped = (text: string) => text.replace(/[^\w\s]/g, '\\$&')

/** Splits tokens at the borders of the matches. The pieces, joined, are the same text. */
export function textPieces<Kind>(
  tokens: readonly Token<Kind>[],
  { starts, length, current }: { starts: readonly number[]; length: number; current: number },
): Piece<Kind>[] {
  const pieces: Piece<Kind>[] = []
  // Marks change in blocks: a step to the next match rarely changes the marked matches.
  let match = Math.floor(current / markedMax) * markedMax
  const last = Math.min(starts.length, match + markedMax)
  let at = 0
  for (const { kind, text } of tokens) {
    const end = at + text.length
    for (let from = at; from < end;) {
      while (match < last && starts[match]! + length <= from) match++
      const start = match < last ? starts[match]! : Infinity
      const inside = start <= from
      const to = Math.min(end, inside ? start + length : start)
      pieces.push({ kind, text: text.slice(from - at, to - at), match: inside ? match : -1 })
      from = to
    }
    at = end
  }
  return pieces
}
