import { limits } from '../../src/limits.js'
import { RE2JS } from 're2js'
import { bigIntegerDigits, isBigInteger } from './parse-filter-body.js'

type Scalar = string | number | boolean | null

/** Whether one found value satisfies the clause; `text` values compare by spelling. */
export type TestValue = (found: unknown, text: boolean) => boolean

/** Instructions of all compiled patterns of one filter. */
export const patternInstructionsMax = 500
/** An estimate of them, made before compiling, may be this much larger. */
export const patternSizeMax = 4 * patternInstructionsMax
/**
 * Instructions times characters that one filter may cost: a pattern with too many states for RE2's automaton takes 50 ns
 * for each, so 2 million are 0.1 s.
 */
const patternStepsMax = 2_000_000

/** Characters of a value that the patterns of a filter see: all 64 Ki up to 30 instructions, 4,000 with 500. */
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
  /** Part of a string, member of a list, key of an object. */
  contains:
    (wanted: Scalar): TestValue =>
    (found, text) => {
      if (isBigInteger(found)) return false
      if (typeof found === 'string') return found.includes(String(wanted))
      if (Array.isArray(found)) return found.some((member) => isEqual(member, wanted, text))
      return typeof found === 'object' && found !== null && Object.hasOwn(found, String(wanted))
    },
  gt: (limit: string | number): TestValue => compared(limit, (order) => order > 0),
  gte: (limit: string | number): TestValue => compared(limit, (order) => order >= 0),
  lt: (limit: string | number): TestValue => compared(limit, (order) => order < 0),
  lte: (limit: string | number): TestValue => compared(limit, (order) => order <= 0),
}

/** RE2 syntax, linear time, found anywhere unless anchored. Throws what RE2 says about a bad pattern. */
export function compilePattern(
  pattern: string,
  charsMax: () => number,
): { test: TestValue; instructions: number } {
  const compiled = RE2JS.compile(pattern)
  return {
    instructions: compiled.programSize(),
    test: (found) => {
      const text = asText(found)
      return text !== undefined && compiled.test(text.slice(0, charsMax()))
    },
  }
}

function isEqual(found: unknown, wanted: Scalar, text: boolean): boolean {
  if (!isBigInteger(found)) return text ? found === String(wanted) : found === wanted
  const digits = bigIntegerDigits(found)
  return typeof wanted === 'number' ? Number(digits) === wanted : digits === wanted
}

/** Numbers by size (also spelled as text), strings by code unit, which orders ISO dates. Other pairs satisfy nothing. */
function compared(limit: string | number, verdict: (order: number) => boolean): TestValue {
  if (typeof limit === 'string') {
    return (found) =>
      typeof found === 'string' && !isBigInteger(found) && verdict(found < limit ? -1 : found > limit ? 1 : 0)
  }
  return (found, text) => {
    const order = orderOf(found, limit, text)
    return order !== undefined && verdict(order)
  }
}

function orderOf(found: unknown, limit: number, text: boolean): number | undefined {
  const value = isBigInteger(found)
    ? numberOf(bigIntegerDigits(found))
    : typeof found === 'number'
      ? found
      : text && typeof found === 'string' && found.trim() !== ''
        ? Number(found)
        : NaN
  if (Number.isNaN(value)) return undefined
  return value < limit ? -1 : value > limit ? 1 : 0
}

/** No double has more than 309 digits; reading millions of them exactly would take seconds. */
const digitsMax = 400
const numberOf = (digits: string) =>
  digits.length > digitsMax ? (digits.startsWith('-') ? -Infinity : Infinity) : BigInt(digits)

function asText(found: unknown): string | undefined {
  if (isBigInteger(found)) return bigIntegerDigits(found)
  if (typeof found === 'string') return found
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined
}
