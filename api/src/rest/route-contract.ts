import { ApiError, closed, Filter } from '@whook/shared'
import type { FastifyRequest, RouteOptions } from 'fastify'
import Type from 'typebox'

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null

/**
 * What every route of the API must state before the api starts: the scope a key needs, and schemas that refuse unknown
 * names. A route without a query schema takes no parameters.
 */
export function checkRoute(route: RouteOptions): void {
  const name = `${[route.method].flat().join('/')} ${route.url}`
  const schema: Json = (route.schema ??= {}) as Json
  if (!route.config?.scope) throw new Error(`${name} names no scope in its config`)
  schema['querystring'] ??= Type.Object({}, closed)
  for (const part of ['querystring', 'body']) {
    const open = openObjects(schema[part], part)
    if (open.length > 0) throw new Error(`${name} accepts unknown names in ${open.join(', ')}`)
  }
}

/** A filter nests without end, so its compiler refuses unknown names instead of the schema. */
const filterText = JSON.stringify(Filter)

/** Places of a schema at which an object may have names that are not listed. */
export function openObjects(schema: unknown, place: string): string[] {
  if (!isJson(schema) || JSON.stringify(schema) === filterText) return []
  const isOpen = schema['type'] === 'object' && schema['additionalProperties'] !== false
  const below = Object.entries(schema).flatMap(([key, value]) => openObjects(value, `${place}/${key}`))
  return isOpen ? [place, ...below] : below
}

/** A body whose every field is optional may be left out; a call that takes none must not be sent one with content. */
export async function completeBody(request: FastifyRequest): Promise<void> {
  const schema = request.routeOptions.schema?.body as Json | undefined
  if (request.body === undefined) {
    if (schema && isOptionalBody(schema)) request.body = {}
  } else if (!schema && !isEmpty(request.body)) {
    const message = 'is not known: this call takes no body'
    const names = isJson(request.body) ? Object.keys(request.body).slice(0, 20) : ['']
    throw new ApiError('validation', {
      errors: names.map((name) => ({ path: `/${name.slice(0, 200)}`, message })),
    })
  }
}

export const isOptionalBody = ({ type, required, minProperties }: Json) =>
  type === 'object' && !(required as string[] | undefined)?.length && !minProperties

const isEmpty = (body: unknown) => isJson(body) && !Array.isArray(body) && Object.keys(body).length === 0
