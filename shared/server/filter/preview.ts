import { bigIntegerDigits, isBigInteger } from './parse-filter-body.js'

const charsMax = 500
const membersMax = 5
const depthMax = 3

/** A value as JSON for people: the first of everything, so that a 20 MB body costs as little as a small one. */
export function preview(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = isBigInteger(value) ? bigIntegerDigits(value) : JSON.stringify(pruned(value, depthMax))
  return json.length > charsMax ? `${json.slice(0, charsMax)}…` : json
}

function pruned(value: unknown, depth: number): unknown {
  if (isBigInteger(value)) return bigIntegerDigits(value)
  if (typeof value === 'string') return value.length > charsMax ? `${value.slice(0, charsMax)}…` : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) {
    const first = value.slice(0, membersMax).map((member) => pruned(member, depth - 1))
    return value.length > membersMax ? [...first, '…'] : first
  }
  const copy: Record<string, unknown> = Object.create(null)
  let left = membersMax
  for (const key in value) {
    if (left-- === 0) {
      copy['…'] = '…'
      break
    }
    copy[key.slice(0, charsMax)] = pruned((value as Record<string, unknown>)[key], depth - 1)
  }
  return copy
}
