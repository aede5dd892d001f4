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

const description = `Scripts send \`Authorization: Bearer whk_...\`; the dashboard sends its session cookie, and with every call
that changes something the CSRF token of \`GET /api/v1/me\`. Errors are \`application/problem+json\` (RFC 9457) with a stable
\`code\`. Lists are paged: follow \`nextCursor\` until it is null.`

const tags = [
  { name: 'Hooks', description: 'Where services send their webhooks' },
  { name: 'Webhooks', description: 'A URL to point a service at, and how it behaves' },
  { name: 'Requests', description: 'What came in, byte for byte' },
  { name: 'Destinations', description: 'Where requests are forwarded' },
  { name: 'Deliveries', description: 'One request on its way to one destination, with every attempt' },
  { name: 'Replays', description: 'Requests sent again' },
  { name: 'Transformations', description: "The webhook's script, its versions, and test runs" },
  { name: 'Stats', description: 'Series, totals and the conservation ledger' },
  { name: 'Live', description: 'What happens, as it happens' },
  { name: 'Account', description: 'Who is signed in, sessions and API keys' },
  { name: 'Sign-in', description: 'How people come in' },
  { name: 'Operations', description: 'For whoever runs it' },
]

/** The OpenAPI 3.1 document, made from the schemas of the routes, and its pages for people. Registered before the routes. */
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
                'The `csrfToken` of GET /api/v1/me: sent beside the session cookie with every call that changes something',
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
        // The library's types know 3.0 and 3.1 at once, and their union fits neither.
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

/** Credentials of a call: none, a key, or a session with its CSRF token where something changes. */
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

/** What every route behind sign-in has in common. */
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

/** What the hooks and the parser in front of a route answer, whatever the route is. */
const anyTime = [421, 500, 503]
const ofBodies = [413, 415]
const hasWalls = (url: string) => url.startsWith('/api/v1/') || url.startsWith('/auth/')

const meanings: Record<number, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted: it is on its way',
  204: 'Done; nothing to answer',
  302: 'On to the sign-in provider, or back to the dashboard',
  400: 'Something in the call is not valid; `errors` says where',
  401: 'Nobody is signed in, or the key is wrong',
  403: 'The key lacks the scope, or the CSRF token or origin is wrong',
  404: 'No such object of yours',
  409: 'Not in the state it is in, or a limit is reached',
  413: 'The body is over what the route takes (256 KiB, unless a whole request is sent)',
  415: 'Send application/json',
  421: 'This host name is not served here',
  429: 'Too many calls; wait as long as Retry-After says',
  500: 'Something failed on our side; the log of the api says what',
  502: 'The sign-in provider did not answer as expected',
  503: 'PostgreSQL or Redis does not answer, or a memory limit is reached; wait as long as Retry-After says',
}

function answerOf(status: number, answer: object): RouteSchema {
  const { description: own, ...schema } = answer as RouteSchema
  const text = (own as string | undefined) ?? meanings[status] ?? 'Answer'
  if (schema['content']) return { description: text, ...schema }
  if (schema['type'] === 'null') return { description: text, type: 'null' }
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const headers = headersOf(status)
  return { description: text, ...(headers && { headers }), content: { [type]: { schema } } }
}

/** The headers that callers act on. */
function headersOf(status: number): RouteSchema | undefined {
  if (status === 429 || status === 503) {
    return { 'retry-after': { type: 'integer', description: 'Seconds to wait before the next call' } }
  }
  if (status !== 401) return undefined
  return { 'www-authenticate': { type: 'string', description: 'How to authenticate: RFC 6750' } }
}
