import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Problem } from '@whook/shared'
import fp from 'fastify-plugin'
import { cookieNames } from '../auth/cookie-names.js'
import { withComponents } from './openapi-components.js'
import { doors } from './openapi-doors.js'
import { isOptionalBody } from '../rest/route-contract.js'

declare module 'fastify' {
  interface FastifyInstance {
    openapi: () => object
  }
}

const description = `Scripts send \`Authorization: Bearer whk_...\`. The dashboard sends its session cookie, and the
CSRF token of \`GET /api/v1/me\` with every request that changes data. Errors are \`application/problem+json\` (RFC 9457)
with a stable \`code\`. Lists are paged: follow \`nextCursor\` until it is null.`

const tags = [
  { name: 'Hooks', description: 'URLs that services send webhooks to' },
  { name: 'Webhooks', description: 'URLs that receive requests, and their settings' },
  { name: 'Requests', description: 'Received requests, stored byte for byte' },
  { name: 'Destinations', description: 'URLs that requests are forwarded to' },
  { name: 'Deliveries', description: 'One delivery per request and destination, with all attempts' },
  { name: 'Replays', description: 'Stored requests, delivered again' },
  { name: 'Transformations', description: "A webhook's script, its versions and test runs" },
  { name: 'Stats', description: 'Time series, totals and the ledger' },
  { name: 'Live', description: 'Real-time updates' },
  { name: 'Account', description: 'The signed-in user, sessions and API keys' },
  { name: 'Sign-in', description: 'Sign-in and sign-out' },
  { name: 'Operations', description: 'Health checks and metrics for operators' },
]

/** Serves the OpenAPI 3.1 document of the route schemas, and its pages. Must be registered before the routes. */
export default fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Whook', version: '1.0.0', description, license: { name: 'MIT', identifier: 'MIT' } },
        servers: [{ url: '/', description: 'This installation' }],
        tags,
        components: {
          securitySchemes: {
            bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'whk_...' },
            session: { type: 'apiKey', in: 'cookie', name: cookieNames(app.config).session },
            csrf: {
              type: 'apiKey',
              in: 'header',
              name: 'x-csrf-token',
              description:
                'The `csrfToken` of GET /api/v1/me. Required with the session cookie for every request that changes data',
            },
          },
        },
      },
      hideUntagged: true,
      transform: ({ schema, url, route }) => ({
        schema: described(schema, url, [route.method].flat()[0]!),
        url,
      }),
      transformObject: (document) => {
        if (!('openapiObject' in document)) throw new Error('The document is not OpenAPI 3')
        const { openapiObject } = document
        // The library's type is a union of OpenAPI 3.0 and 3.1, which matches neither.
        return withComponents({
          ...openapiObject,
          paths: { ...doors(Problem), ...withOptionalBodies((openapiObject.paths ?? {}) as Paths) },
        }) as typeof openapiObject
      },
    })
    await app.register(swaggerUi, {
      routePrefix: '/api/docs',
      theme: { title: 'Whook API' },
      uiConfig: { docExpansion: 'list', tryItOutEnabled: false, url: '/api/openapi.json' },
    })
    app.decorate('openapi', () => app.swagger())
    app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  },
  { name: 'openapi' },
)

type RouteSchema = Record<string, unknown>

/** Credentials of an operation: none, an API key, or a session (with its CSRF token if the operation changes data). */
function securityOf(url: string, method: string): object[] {
  if (!url.startsWith('/api/v1/') && url !== '/auth/logout') return []
  return [{ bearer: [] }, method === 'GET' ? { session: [] } : { session: [], csrf: [] }]
}

type Paths = Record<string, object>

/** The library marks every body as required. */
const withOptionalBodies = (paths: Paths): Paths =>
  Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods as Record<string, RouteSchema>).map(([method, operation]) => [
          method,
          withOptionalBody(operation),
        ]),
      ),
    ]),
  )

function withOptionalBody(operation: RouteSchema): RouteSchema {
  const body = operation['requestBody'] as
    { content: { 'application/json': { schema: RouteSchema } } } | undefined
  const optional = body && isOptionalBody(body.content['application/json'].schema)
  return optional ? { ...operation, requestBody: { ...body, required: false } } : operation
}

/** Adds credentials and the problem responses that routes have in common. */
function described(schema: unknown, url: string, method: string): RouteSchema {
  const route = { ...(schema as RouteSchema | undefined) }
  route['security'] ??= securityOf(url, method)
  const problems = [...(hasWalls(url) ? anyTime : []), ...(route['body'] ? ofBodies : [])]
  const answers: Record<string, object> = {
    ...Object.fromEntries(problems.map((status) => [status, Problem])),
    ...(route['response'] as Record<string, object> | undefined),
  }
  route['response'] = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, answerOf(Number(status), answer)]),
  )
  return route
}

/** Statuses that the hooks and the body parser answer, for every route. */
const anyTime = [421, 500, 503]
const ofBodies = [413, 415]
const hasWalls = (url: string) => url.startsWith('/api/v1/') || url.startsWith('/auth/')

const meanings: Record<number, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted; processing continues',
  204: 'Done; no content',
  302: 'Redirect to the sign-in provider or to the dashboard',
  400: 'The request is not valid; see `errors`',
  401: 'Not signed in, or the API key is not valid',
  403: 'The API key lacks the scope, or the CSRF token or origin is not valid',
  404: 'Not found among your objects',
  409: 'Not possible in the current state, or a limit is reached',
  413: 'The body exceeds the limit of the route (256 KiB, more where a whole request is sent)',
  415: 'Send application/json',
  421: 'Unknown host name; use the host of PUBLIC_URL',
  429: 'Too many requests; retry after Retry-After',
  500: 'Internal error; see the log of the api',
  502: 'The sign-in provider returned an unexpected response',
  503: 'PostgreSQL or Redis is unavailable, or a memory limit is reached; retry after Retry-After',
}

function answerOf(status: number, answer: object): RouteSchema {
  const { description: own, ...schema } = answer as RouteSchema
  const text = (own as string | undefined) ?? meanings[status] ?? 'Response'
  if (schema['content']) return { description: text, ...schema }
  if (schema['type'] === 'null') return { description: text, type: 'null' }
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const headers = headersOf(status)
  return { description: text, ...(headers && { headers }), content: { [type]: { schema } } }
}

/** The headers that callers act on. */
function headersOf(status: number): RouteSchema | undefined {
  if (status === 429 || status === 503) {
    return { 'retry-after': { type: 'integer', description: 'Seconds to wait before the next request' } }
  }
  if (status !== 401) return undefined
  return { 'www-authenticate': { type: 'string', description: 'How to authenticate: RFC 6750' } }
}
