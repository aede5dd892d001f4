import { limits } from '@whook/shared/limits'
import { RE2JS } from 're2js'
import { BigInteger, JsonPart, membersOf, valueAt, type BodyValue } from '../content/json-values.js'

type Scalar = string | number | boolean | null

/** Returns true when a found value satisfies the clause. Values of `text` fields are compared as text. */
export type TestValue = (found: BodyValue, text: boolean) => boolean

/** Maximum instructions of all compiled patterns of one filter. */
export const patternInstructionsMax = 500
/** Maximum of the estimate before compiling, which may be higher than the real number. */
export const patternSizeMax = 4 * patternInstructionsMax
/**
 * Maximum of instructions times characters for one filter. A pattern with too many states for RE2's automaton takes 50 to
 * 140 ns for each, so 1.3 million take at most 0.18 s.
 */
const patternStepsMax = 1_300_000

/** Characters of a value that the patterns of a filter read: all 64 Ki up to 19 instructions, 2,600 with 500. */
export const patternInputCharsMax = (instructions: number) =>
  Math.min(limits.regexInputCharsMax, Math.ceil(patternStepsMax / instructions))

export const operators = {
  equals:
    (wanted: Scalar): TestValue =>
    (found, text) =>
      isEqual(found, wanted, text),
  in:
    (wanted: Scalar[]): TestValue =>
    (found, text) =>
      wanted.some((one) => isEqual(found, one, text)),
  /** Part of a string, member of a list, or key of an object. Reads the first `filterMembersMax` members. */
  contains:
    (wanted: Scalar): TestValue =>
    (found, text) => {
      if (typeof found === 'string') return found.includes(String(wanted))
      if (found instanceof JsonPart) return hasMember(found, wanted)
      return Array.isArray(found) && found.some((member: string) => isEqual(member, wanted, text))
    },
  gt: (limit: string | number): TestValue => compared(limit, (order) => order > 0),
  gte: (limit: string | number): TestValue => compared(limit, (order) => order >= 0),
  lt: (limit: string | number): TestValue => compared(limit, (order) => order < 0),
  lte: (limit: string | number): TestValue => compared(limit, (order) => order <= 0),
}

/**
 * Compiles a pattern of RE2 syntax: linear time, matches anywhere unless anchored. Several values share the maximum of
 * characters. Throws the error of RE2 for an invalid pattern.
 */
export function compilePattern(pattern: string, charsMax: () => number) {
  const compiled = RE2JS.compile(pattern)
  const passes = (values: readonly BodyValue[]): boolean => {
    let left = charsMax()
    for (const value of values) {
      const text = asText(value)?.slice(0, left)
      if (text === undefined) continue
      if (compiled.test(text)) return true
      left -= text.length
      if (left <= 0) return false
    }
    return false
  }
  return { passes, instructions: compiled.programSize() }
}

function hasMember(part: JsonPart, wanted: Scalar): boolean {
  for (const { name, span } of membersOf(part, limits.filterMembersMax)) {
    if (name === null ? isEqual(valueAt(part.text, span), wanted, false) : name === String(wanted))
      return true
  }
  return false
}

function isEqual(found: BodyValue, wanted: Scalar, text: boolean): boolean {
  if (found instanceof BigInteger)
    return typeof wanted === 'number' ? Number(found.digits) === wanted : found.digits === wanted
  return text ? found === String(wanted) : found === wanted
}

/** Compares numbers by size (also numbers as text), and strings by code unit, which orders ISO dates. Others fail. */
function compared(limit: string | number, verdict: (order: number) => boolean): TestValue {
  if (typeof limit === 'string') {
    return (found) => typeof found === 'string' && verdict(found < limit ? -1 : found > limit ? 1 : 0)
  }
  return (found, text) => {
    const order = orderOf(found, limit, text)
    return order !== undefined && verdict(order)
  }
}

function orderOf(found: BodyValue, limit: number, text: boolean): number | undefined {
  const value =
    found instanceof BigInteger
      ? sizeOf(found)
      : typeof found === 'number'
        ? found
        : text && typeof found === 'string' && found.trim() !== ''
          ? Number(found)
          : NaN
  if (Number.isNaN(value)) return undefined
  return value < limit ? -1 : value > limit ? 1 : 0
}

/** A double has at most 309 digits, and parsing a BigInt takes more than linear time. */
const sizeOf = ({ digits }: BigInteger): bigint | number =>
  digits.length > 320 ? (digits.startsWith('-') ? -Infinity : Infinity) : BigInt(digits)

function asText(found: BodyValue): string | undefined {
  if (found instanceof BigInteger) return found.digits
  if (typeof found === 'string') return found
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined
}
