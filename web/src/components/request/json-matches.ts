import type { JsonLine } from './json-lines.js'
import { escaped } from './text-pieces.js'

/** Returns indexes of the lines whose name or value contains the text. Ignores case. */
export function jsonMatches(lines: readonly JsonLine[], find: string): number[] {
  const found: number[] = []
  const wanted = find.toLowerCase()
  if (wanted === '') return found
  for (let index = 0; index < lines.length; index++) {
    const { key, text, kind } = lines[index]!
    if (kind === 'close') continue
    if (key?.toLowerCase().includes(wanted) || text.toLowerCase().includes(wanted)) found.push(index)
  }
  return found
}

/** Splits the text at its matches: every second piece is a match. */
export const splitAtMatches = (text: string, find: string): string[] =>
  find ? text.split(new RegExp(`(${escaped(find)})`, 'i')) : [text]
