import type { HeaderPairs, VerificationOutcome } from '../../src/index.js'
import { displayHeaderValue } from '../raw-headers.js'
import { parseFilterBody } from './parse-filter-body.js'

/** What a filter sees of a stored request. */
export interface FilterRequest {
  method: string
  path: string
  /** As sent, without the question mark. */
  query: string
  verification: VerificationOutcome
  headers: HeaderPairs
  body: Buffer
}

export type FilterInput = ReturnType<typeof createFilterInput>

/** Parsed on first use and once, however many filters ask: pass the same input to all destinations of a request. */
export function createFilterInput({ method, path, query, verification, headers, body }: FilterRequest) {
  const contentType = once(() => headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '')
  const parsedQuery = once(() => new URLSearchParams(query))
  const parsedHeaders = once(() => {
    const byName = new Map<string, string[]>()
    for (const [name, value] of headers) {
      const key = name.toLowerCase()
      byName.set(key, [...(byName.get(key) ?? []), displayHeaderValue(value)])
    }
    return byName
  })
  const text = once(() => body.toString('utf8'))
  const parsedBody = once(() => parseFilterBody(text(), contentType()))

  return {
    method,
    path,
    verification,
    /** Every value of a repeated header; empty when it is not there. */
    headerValues: (name: string): string[] => parsedHeaders().get(name) ?? [],
    queryValues: (name: string): string[] => parsedQuery().getAll(name),
    bodyText: text,
    /** JSON or form fields; undefined when the body is neither. */
    bodyValue: parsedBody,
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
