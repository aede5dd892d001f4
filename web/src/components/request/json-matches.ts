import type { JsonLine } from './json-lines.js'
import { escaped } from './text-pieces.js'

/** Lines whose name or value holds the text, whatever its case. */
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

/** The text in pieces: every second one is what was looked for. */
export const splitAtMatches = (text: string, find: string): string[] =>
  find ? text.split(new RegExp(`(${escaped(find)})`, 'i')) : [text]
