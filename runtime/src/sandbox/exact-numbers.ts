import { randomBytes } from 'node:crypto'
import { pathNode } from '../content/json-paths.js'
import { endOfNumber, endOfString } from '../content/json-tokens.js'
import { scanJson } from '../content/scan-json.js'
import { limits } from '@whook/shared/limits'

export interface ExactNumbers {
  /** Begins the strings that hold the place of a number; random, so that no text has it by chance. */
  mark: string
  /**
   * As JSON, the members of the value that JavaScript would not write as they came, each with its source text, in objects
   * that are nested as the value is: {"items":{"0":{"price":"1.10"}}}.
   */
  numbers: string
}

/** What QuickJS can note in a fraction of a script's time. */
const notedMax = 20_000

/**
 * The numbers of a JSON text that JSON.parse and JSON.stringify would change: 9007199254740993, 1e400, 1.10. null when it
 * has none, as most texts do. 'too-deep' and 'too-many' when a script could not read the text, 'not-json' for some texts that
 * are not JSON. Of very many numbers only those are noted whose value would change.
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

/** Those that are equal to a wanted one are noted too: each is written as it came. undefined when they are too many. */
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

/** Visits the numbers outside of strings, and returns how deep the text is nested; undefined when it is not JSON. */
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

/** Whether JavaScript writes it as it came. Numbers of 16 digits may share their double with another, so they are not. */
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
