import { ApiError, closed, Filter } from '@whook/shared'
import type { FastifyRequest, RouteOptions } from 'fastify'
import Type from 'typebox'

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null

/**
 * Throws at start if a route has no scope, or a schema that accepts unknown fields. A route without a query schema
 * accepts no parameters.
 */
export function checkRoute(route: RouteOptions): void {
  const name = `${[route.method].flat().join('/')} ${route.url}`
  const schema: Json = (route.schema ??= {}) as Json
  if (!route.config?.scope) throw new Error(`${name} has no scope in its config`)
  schema['querystring'] ??= Type.Object({}, closed)
  for (const part of ['querystring', 'body']) {
    const open = openObjects(schema[part], part)
    if (open.length > 0) throw new Error(`${name} accepts unknown fields in ${open.join(', ')}`)
  }
}

/** The filter schema is recursive, so the filter compiler rejects unknown fields instead of the schema. */
const filterText = JSON.stringify(Filter)

/** Returns the paths of a schema where objects accept unknown fields. */
export function openObjects(schema: unknown, place: string): string[] {
  if (!isJson(schema) || JSON.stringify(schema) === filterText) return []
  const isOpen = schema['type'] === 'object' && schema['additionalProperties'] !== false
  const below = Object.entries(schema).flatMap(([key, value]) => openObjects(value, `${place}/${key}`))
  return isOpen ? [place, ...below] : below
}

/** Sets an omitted body to {} if all its fields are optional. Throws ApiError (400) for an unexpected body. */
export async function completeBody(request: FastifyRequest): Promise<void> {
  const schema = request.routeOptions.schema?.body as Json | undefined
  if (request.body === undefined) {
    if (schema && isOptionalBody(schema)) request.body = {}
  } else if (!schema && !isEmpty(request.body)) {
    const message = 'is not a known field: this operation has no body'
    const names = isJson(request.body) ? Object.keys(request.body).slice(0, 20) : ['']
    throw new ApiError('validation', {
      errors: names.map((name) => ({ path: `/${name.slice(0, 200)}`, message })),
    })
  }
}

export const isOptionalBody = ({ type, required, minProperties }: Json) =>
  type === 'object' && !(required as string[] | undefined)?.length && !minProperties

const isEmpty = (body: unknown) => isJson(body) && !Array.isArray(body) && Object.keys(body).length === 0
