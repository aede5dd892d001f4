import { randomBytes } from 'node:crypto'
import { pathNode } from '../content/json-paths.js'
import { endOfNumber, endOfString } from '../content/json-tokens.js'
import { scanJson } from '../content/scan-json.js'
import { limits } from '@whook/shared/limits'

export interface ExactNumbers {
  /** Prefix of strings that replace numbers. Random, so that no text contains it by chance. */
  mark: string
  /**
   * JSON of the numbers that JavaScript would write differently, each with its source text, in objects that are nested like
   * the value: {"items":{"0":{"price":"1.10"}}}.
   */
  numbers: string
}

/** Maximum of recorded numbers: QuickJS reads them in a fraction of a script's time. */
const notedMax = 20_000

/**
 * Returns the numbers of a JSON text that JSON.parse and JSON.stringify would change: 9007199254740993, 1e400, 1.10.
 * Returns null without such numbers, as for most texts. Returns 'too-deep' or 'too-many' when a script cannot read the
 * text, and 'not-json' for some invalid texts. With very many numbers, records only those whose value would change.
 */
export function exactNumbers(json: string): ExactNumbers | null | 'too-deep' | 'too-many' | 'not-json' {
  const respelled = new Set<number>()
  const changed = new Set<number>()
  const depth = eachNumber(json, (token) => {
    if (isKept(token)) return
    respelled.add(Number(token))
    if (isLong(token)) changed.add(Number(token))
  })
  if (depth === undefined) return 'not-json'
  if (depth > limits.scriptJsonDepthMax) return scanJson(json, pathNode()) ? 'too-deep' : 'not-json'
  if (respelled.size === 0) return null
  return noted(json, respelled) ?? (changed.size === 0 ? null : (noted(json, changed) ?? 'too-many'))
}

/** Records all numbers equal to a wanted one, each with its own source text. Returns undefined for too many numbers. */
function noted(json: string, wanted: ReadonlySet<number>): ExactNumbers | 'not-json' | undefined {
  const mark = `number-${randomBytes(12).toString('hex')}:`
  const pieces: string[] = []
  let from = 0
  eachNumber(json, (token, at) => {
    if (!wanted.has(Number(token))) return
    if (pieces.length <= 2 * notedMax) pieces.push(json.slice(from, at), `"${mark}${token}"`)
    from = at + token.length
  })
  if (pieces.length > 2 * notedMax) return undefined
  try {
    const value: unknown = JSON.parse(pieces.join('') + json.slice(from))
    return { mark, numbers: JSON.stringify(markedIn(value, mark) ?? {}) }
  } catch {
    return 'not-json'
  }
}

/** Visits the numbers outside of strings. Returns the nesting depth of the text, or undefined when it is not JSON. */
function eachNumber(json: string, visit: (token: string, at: number) => void): number | undefined {
  let depth = 0
  let depthMax = 0
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at)
    if (code === 0x22) {
      at = endOfString(json, at)
      if (at < 0) return undefined
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(json, at)
      if (end < 0) return undefined
      visit(json.slice(at, end), at)
      at = end
    } else {
      if (code === 0x5b || code === 0x7b) depthMax = Math.max(depthMax, ++depth)
      else if (code === 0x5d || code === 0x7d) depth--
      at++
    }
  }
  return depthMax
}

/** Returns true when JavaScript writes the number unchanged. False for 16 digits: two such numbers may share a double. */
const isKept = (token: string): boolean =>
  /^-?(?:0|[1-9]\d{0,8})(?:\.\d{0,4}[1-9])?$/.test(token)
    ? token !== '-0'
    : !isLong(token) && JSON.stringify(Number(token)) === token

const isLong = (token: string): boolean =>
  token.replace(/\D/g, '').length >= 16 || !Number.isFinite(Number(token))

function markedIn(value: unknown, mark: string): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? value.slice(mark.length) : undefined
  if (typeof value !== 'object' || value === null) return undefined
  let found: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const inside = markedIn((value as Record<string, unknown>)[key], mark)
    if (inside === undefined) continue
    found ??= Object.create(null) as Record<string, unknown>
    found[key] = inside
  }
  return found
}
