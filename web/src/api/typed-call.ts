import type { paths } from './schema.js'

// Types of a REST call, taken from api/openapi.json: a path, query, body or result that the document does not have does not
// compile. This file adds no code to the bundle.

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The paths that have an operation of this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: object } ? P : never
}[keyof paths]

export type PathParameters<M extends Method, P extends PathOf<M>> = PathOfOperation<paths[P][M]>
export type Query<M extends Method, P extends PathOf<M>> = QueryOfOperation<paths[P][M]>
export type Body<M extends Method, P extends PathOf<M>> = BodyOfOperation<paths[P][M]>
/** The body of a successful response; undefined when it has none. */
export type Result<M extends Method, P extends PathOf<M>> = ResultOfOperation<paths[P][M]>

/** `input` can be left out when the operation needs nothing. */
export type TypedCall = <M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...input: object extends Input<paths[P][M]> ? [input?: Input<paths[P][M]>] : [input: Input<paths[P][M]>]
) => Promise<Result<M, P>>

type PathOfOperation<O> = O extends { parameters: { path: infer Values } } ? Values : never
type QueryOfOperation<O> = O extends { parameters: { query?: infer Values } }
  ? Exclude<Values, undefined>
  : never
type BodyOfOperation<O> = O extends { requestBody?: infer Content }
  ? JsonOf<Exclude<Content, undefined>>
  : never
type ResultOfOperation<O> = O extends { responses: infer All } ? JsonOf<All[keyof All & Success]> : never
type Success = 200 | 201 | 202 | 204
type JsonOf<Message> = Message extends { content: { 'application/json': infer Json } } ? Json : undefined

// Distributes over the operations first: three separate unions would multiply.
type Input<O> = O extends unknown ? PathInput<O> & QueryInput<O> & BodyInput<O> : never
type PathInput<O> = O extends { parameters: { path: infer Values } } ? { path: Values } : { path?: never }
type QueryInput<O> = O extends { parameters: { query: infer Values } }
  ? { query: Values }
  : { query?: QueryOfOperation<O> }
type BodyInput<O> = O extends { requestBody: unknown }
  ? { body: BodyOfOperation<O> }
  : { body?: BodyOfOperation<O> }
