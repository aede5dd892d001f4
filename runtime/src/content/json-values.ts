import type { Span } from './json-paths.js'
import { endOfContainer, endOfScalar, endOfString } from './json-tokens.js'

/** An integer that a double cannot represent, such as a Discord id. It is compared by digits. */
export class BigInteger {
  constructor(readonly digits: string) {}
}

/** An unparsed array or object in its text. The text is valid JSON: it was scanned before. */
export class JsonPart {
  readonly isArray: boolean
  constructor(
    readonly text: string,
    readonly span: Span,
  ) {
    this.isArray = text[span.start] === '['
  }
}

/** A list of strings is a repeated form field. */
export type BodyValue = string | number | boolean | null | BigInteger | JsonPart | readonly string[]

export function valueAt(text: string, span: Span): BodyValue {
  const first = text[span.start]
  if (first === '{' || first === '[') return new JsonPart(text, span)
  const token = text.slice(span.start, span.end)
  // Parsing long numbers takes more than linear time: 50 ms for a megabyte of digits. Compare them as digits.
  if (/^-?\d{16,}$/.test(token) && !(token.length < 20 && Number.isSafeInteger(Number(token))))
    return new BigInteger(token)
  return JSON.parse(token) as string | number | boolean | null
}

interface Member {
  name: string | null
  span: Span
}

/** Yields the first `max` members of an array or object. */
export function* membersOf({ text, span, isArray }: JsonPart, max: number): Generator<Member> {
  let at = afterSpaces(text, span.start + 1)
  for (let left = max; left > 0 && at < span.end - 1; left--) {
    let name: string | null = null
    if (!isArray) {
      const end = endOfString(text, at)
      name = JSON.parse(text.slice(at, end)) as string
      at = afterSpaces(text, afterSpaces(text, end) + 1)
    }
    const end = endOfValue(text, at)
    yield { name, span: { start: at, end } }
    at = afterSpaces(text, end)
    if (text[at] !== ',') return
    at = afterSpaces(text, at + 1)
  }
}

/** Returns the value as JSON without spaces, cut after `charsMax` characters. */
export function compactJson({ text, span }: JsonPart, charsMax: number): string {
  let compact = ''
  for (let at = span.start; at < span.end && compact.length < charsMax;) {
    const end = text[at] === '"' ? endOfString(text, at) : at + 1
    compact += text.slice(at, Math.min(end, at + charsMax))
    at = afterSpaces(text, end)
  }
  return compact.slice(0, charsMax)
}

function afterSpaces(text: string, start: number): number {
  let at = start
  while (/\s/.test(text.charAt(at))) at++
  return at
}

function endOfValue(text: string, at: number): number {
  const first = text[at]
  if (first === '{' || first === '[') return endOfContainer(text, at)
  return first === '"' ? endOfString(text, at) : endOfScalar(text, at)
}
