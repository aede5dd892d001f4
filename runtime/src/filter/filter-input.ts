import type { HeaderPairs, VerificationOutcome } from '@whook/shared'
import { createBodyReader } from '../content/body-reader.js'
import { grouped } from '../content/form-fields.js'
import { displayHeaderValue } from '../raw-headers.js'

/** What a filter reads of a stored request. */
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

/** Parsed on first use and once: pass the same input to all destinations of a request. */
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
    /** Every value of a repeated header; empty when it is not there. */
    headerValues: (name: string): string[] => parsedHeaders().get(name) ?? [],
    queryValues: (name: string): string[] => parsedQuery().getAll(name),
    /** Decompressed, and decoded from its charset. */
    bodyText: reader.text,
    bodyValues: reader.values,
    /** To be awaited before a filter or a field is read where others wait for this process: see BodyReader. */
    prepare: reader.prepare,
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
