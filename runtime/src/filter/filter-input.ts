import type { HeaderPairs, VerificationOutcome } from '@whook/shared'
import { createBodyReader } from '../content/body-reader.js'
import { grouped } from '../content/form-fields.js'
import { displayHeaderValue } from '../raw-headers.js'

/** The parts of a stored request that a filter reads. */
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

/** Parses each part once, on first use. Use the same input for all destinations of a request. */
export function createFilterInput({ method, path, query, verification, headers, body }: FilterRequest) {
  const parsedQuery = once(() => new URLSearchParams(query))
  const parsedHeaders = once(() =>
    grouped(headers.map(([name, value]) => [name.toLowerCase(), displayHeaderValue(value)])),
  )
  const firstHeader = (name: string) => headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? ''
  const reader = createBodyReader(
    once(() => ({
      body,
      contentType: firstHeader('content-type'),
      contentEncoding: firstHeader('content-encoding'),
    })),
  )

  return {
    method,
    path,
    verification,
    /** All values of a header; empty when it is missing. */
    headerValues: (name: string): string[] => parsedHeaders().get(name) ?? [],
    queryValues: (name: string): string[] => parsedQuery().getAll(name),
    /** The body, decompressed and decoded from its charset. */
    bodyText: reader.text,
    bodyValues: reader.values,
    /** Await it before a filter or a field is read in a process that serves other requests: see BodyReader. */
    prepare: reader.prepare,
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
