import { limits, liveBeatMs, LiveCloseCode, liveCloseCodes, LiveServerFrame } from '@whook/shared'

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'] as const

/** Returns the paths of hook URLs and the live socket. They bypass the router, so no route schema describes them. */
export function doors(problem: object): Record<string, object> {
  const refused = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: problem } },
  })
  const accepted = {
    type: 'object',
    required: ['id', 'status'],
    properties: { id: { type: 'string', format: 'uuid' }, status: { type: 'string', const: 'accepted' } },
    examples: [{ id: '01987c5e-8f00-7000-8000-000000000001', status: 'accepted' }],
  }
  const slug = {
    name: 'slug',
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^wh_[0-9A-Za-z]{22}$' },
    example: 'wh_0123456789ABCDEFGHIJKL',
  }
  const path = {
    name: 'path',
    in: 'path',
    required: true,
    description: 'Any path below the slug, including slashes; stored as sent',
    schema: { type: 'string' },
    example: 'orders/created',
  }
  const operation = (method: string, name: string, parameters: object[]) => ({
    operationId: `${name}${method[0]!.toUpperCase()}${method.slice(1)}`,
    summary: parameters.length > 1 ? 'Send a webhook to a path below the slug' : 'Send a webhook',
    description:
      "Accepts any path below the slug, any body and headers, and every method of Node's HTTP parser (including HTTP and WebDAV) except TRACE and CONNECT. A request that is answered 202 is durable. The webhook can be configured to respond differently.",
    tags: ['Hooks'],
    parameters,
    ...(['get', 'head', 'delete', 'options'].includes(method) ? {} : { requestBody: anyBody }),
    responses: {
      202: {
        description: 'Accepted and durably stored',
        headers: {
          'x-whook-request-id': {
            description: 'The id of the stored request',
            schema: { type: 'string', format: 'uuid' },
          },
        },
        content: { 'application/json': { schema: accepted } },
      },
      400: refused(
        'The request is not valid HTTP: repeated Host, repeated length, or an unsupported version',
      ),
      404: refused('No webhook has this URL'),
      405: refused('TRACE and CONNECT are not captured'),
      408: refused('The body was not received in time'),
      410: refused('The webhook is disabled'),
      413: refused(`The body exceeds the limit (default: ${limits.bodyBytesDefault} bytes)`),
      417: refused('Only Expect: 100-continue is supported'),
      429: refused('The rate limit of this webhook is exceeded; see Retry-After'),
      431: refused(
        `More than ${limits.headersMax} headers, or more than ${limits.headerBytesMax} bytes of headers`,
      ),
      500: refused('Internal error; the request was not accepted'),
      501: refused('The HTTP parser does not support this method'),
      503: refused('Storage is unavailable, or a memory limit is reached; retry after Retry-After'),
    },
    security: [],
  })
  const listen = {
    operationId: 'listen',
    summary: 'Open the live socket: a WebSocket with batches of LiveMessages',
    description:
      'An API key may connect from any origin, a session cookie only from the origin of this installation. The server ' +
      `sends JSON text frames (LiveServerFrame) at least every ${liveBeatMs} ms. After the first frame (hello), fetch ` +
      'the current state. After a frame `{"gap": true}`, fetch it again. The server closes a socket with a ' +
      `LiveCloseCode; reconnect only after code ${liveCloseCodes.restarting}.`,
    tags: ['Live'],
    security: [{ bearer: [] }, { session: [] }],
    responses: {
      101: {
        description: 'Switched to WebSocket. Its frames and close codes:',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { frame: LiveServerFrame, closeCode: LiveCloseCode },
              examples: [{ frame: { messages: [] }, closeCode: liveCloseCodes.signedOut }],
            },
          },
        },
      },
      401: refused('Credentials are missing or invalid'),
      403: refused('The request has a session cookie and another origin'),
      421: refused('Unknown host name; use the host of PUBLIC_URL'),
    },
  }
  const operations = (name: string, parameters: object[]) =>
    Object.fromEntries(methods.map((method) => [method, operation(method, name, parameters)]))
  return {
    '/{slug}': operations('sendWebhook', [slug]),
    '/{slug}/{path}': operations('sendWebhookBelow', [slug, path]),
    '/ws': { get: listen },
  }
}

/** Names two media types, because client generators drop an operation whose body has none. */
const anyBody = {
  description: 'Any bytes of any content type; these two are examples',
  required: false,
  content: {
    'application/json': { schema: {}, example: { type: 'invoice.paid', id: 'evt_1' } },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  },
}
