export interface Token<Kind> {
  kind: Kind
  text: string
}
/** `match`: index of what was found and this is a piece of; -1 for all else. */
export type Piece<Kind> = Token<Kind> & { match: number }

/** Found and counted; whoever looks for one letter in megabytes wants no more. */
export const foundMax = 10_000
/** Marked at once, around the current one: each mark is an element. */
const markedMax = 400

/** Where the text stands, whatever its case; at most `foundMax` places. */
export function findInText(text: string, find: string): number[] {
  const starts: number[] = []
  if (find === '') return starts
  for (const { index } of text.matchAll(new RegExp(escaped(find), 'gi'))) {
    starts.push(index)
    if (starts.length === foundMax) break
  }
  return starts
}

/** For a regular expression that means the text itself. */
export const escaped = (text: string) => text.replace(/[^\w\s]/g, '\\$&')

/** Cuts tokens at what was found in their text; joined again they are the text. */
export function textPieces<Kind>(
  tokens: readonly Token<Kind>[],
  { starts, length, current }: { starts: readonly number[]; length: number; current: number },
): Piece<Kind>[] {
  const pieces: Piece<Kind>[] = []
  // By the block: going on to the next one seldom changes what is marked.
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
