import { limits, type FilterFailure } from '@whook/shared'
import { compiledFilter } from '@whook/runtime/filter/filter-cache'
import { createFilterInput, type FilterInput, type FilterRequest } from '@whook/runtime/filter/filter-input'
import { storableFailure } from '@whook/runtime/filter/storable-failure'
import { orderingValue } from './ordering-value.js'

/** Settings of a destination that are evaluated before a delivery is created. */
export interface DecidingTarget {
  orderingKey: string | null
  /** The filter as JSON text in the format of PostgreSQL. */
  filter: string | null
}

export interface Decision {
  orderingValue: string | null
  /** Set when the filter drops the request: its delivery is created as `filtered`. */
  failure: FilterFailure | null
}

/** Steps to parse one byte of a body. */
const parseSteps = 10

export const filterReason = 'The filter did not match'

/**
 * Evaluates ordering keys and filters inside the transaction that creates the deliveries. All filters together may
 * take `stepsMax` steps, because the process is blocked meanwhile; a million steps take one to two milliseconds. A
 * filter that would exceed the budget is evaluated by the worker before it sends. See
 * docs/decisions/filters-when-created.md.
 */
export function createDecider(stepsMax: number) {
  let left = stepsMax

  function failureOf(json: string, size: number, input: () => FilterInput, isParsed: boolean) {
    const filter = compiledFilter(json)
    if (!filter.ok) return null
    // A compressed body may decode to a hundred times `size`.
    if (input().headerValues('content-encoding').length > 0) return null
    const steps = size * (filter.stepsPerByte + (isParsed ? 0 : parseSteps))
    if (steps > left) return null
    left -= steps
    // A pending signature check may change the result of the filter.
    if (input().verification === 'pending' && json.includes('"verification"')) return null
    const verdict = filter.test(input())
    return verdict.passed ? null : storableFailure(verdict.failure)
  }

  /** Calls `read` at most once, and only when a destination needs the request. */
  return async function decide(
    targets: readonly DecidingTarget[],
    size: number,
    read: () => FilterRequest,
  ): Promise<Decision[]> {
    let made: FilterInput | undefined
    const input = () => (made ??= createFilterInput(read()))
    const decisions: Decision[] = []
    for (const { orderingKey, filter } of targets) {
      const value = orderingKey === null ? null : await orderingValue(orderingKey, input())
      const isSmall = size <= limits.filterCreateBytesMax
      const failure = filter !== null && isSmall ? failureOf(filter, size, input, made !== undefined) : null
      decisions.push({ orderingValue: value, failure })
    }
    return decisions
  }
}
