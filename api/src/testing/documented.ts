export type Json = Record<string, unknown>

interface Media {
  schema?: Json
  example?: unknown
}

export interface DocumentedOperation {
  /** For example `post /api/v1/replays`. */
  name: string
  id: string
  method: string
  path: string
  parameters: { name: string; in: string; schema: Json }[]
  body?: Json
  bodyRequired: boolean
  /** Example of the body. */
  example?: unknown
  /** Request and response bodies; `place` is `body` or a status. */
  media: { place: string; type: string; media: Media }[]
}

type Document = {
  paths: Record<string, Record<string, Json>>
  components: { schemas: Record<string, Json> }
}

/** Returns the operations of an OpenAPI document, for tests that iterate over all of them. */
export function operationsOf(document: Json): DocumentedOperation[] {
  return Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      describeOperation(document, path, method, operation),
    ),
  )
}

function describeOperation(
  document: Json,
  path: string,
  method: string,
  operation: Json,
): DocumentedOperation {
  const requestBody = operation['requestBody'] as
    { required?: boolean; content: Record<string, Media> } | undefined
  const responses = operation['responses'] as Record<string, { content?: Record<string, Media> }>
  const body = requestBody?.content['application/json']?.schema
  const bodies = [['body', requestBody] as const, ...Object.entries(responses)]
  return {
    name: `${method} ${path}`,
    id: String(operation['operationId']),
    method,
    path,
    parameters: (operation['parameters'] ?? []) as DocumentedOperation['parameters'],
    body,
    bodyRequired: requestBody?.required ?? false,
    example: body && exampleOf(document, { schema: body }),
    media: bodies.flatMap(([place, described]) =>
      Object.entries(described?.content ?? {}).map(([type, media]) => ({ place, type, media })),
    ),
  }
}

/** Returns the example of a body, otherwise the example of its schema. */
export function exampleOf(document: Json, { schema, example }: Media): unknown {
  if (example !== undefined) return example
  const found = schema && resolve(document, schema)
  return (found?.['examples'] as unknown[] | undefined)?.[0]
}

export function resolve(document: Json, schema: Json): Json {
  const { $ref } = schema
  if (typeof $ref !== 'string') return schema
  return (document as Document).components.schemas[$ref.split('/').at(-1)!]!
}

/** Returns every object of a schema with its place: property names, and `*` for list items. Follows recursion once. */
export function objectsOf(
  document: Json,
  schema: Json | undefined,
  place: readonly string[] = [],
  seen: readonly Json[] = [],
): { place: readonly string[]; schema: Json }[] {
  if (!schema) return []
  const found = resolve(document, schema)
  if (seen.includes(found)) return []
  const next = [...seen, found]
  const { properties = {}, items, anyOf = [] } = found as { properties?: Json; items?: Json; anyOf?: Json[] }
  return [
    ...(found['type'] === 'object' ? [{ place, schema: found }] : []),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      objectsOf(document, inner as Json, [...place, name], next),
    ),
    ...objectsOf(document, items, [...place, '*'], next),
    ...anyOf.flatMap((one) => objectsOf(document, one, place, next)),
  ]
}
