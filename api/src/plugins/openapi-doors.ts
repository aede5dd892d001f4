import { limits, liveBeatMs, LiveCloseCode, liveCloseCodes, LiveServerFrame } from '@whook/shared'

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'] as const

/** Hook URLs are handled before the router and sockets beside it, so no route describes them. */
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
    description: 'Any path below the slug, slashes included; it is kept as sent',
    schema: { type: 'string' },
    example: 'orders/created',
  }
  const operation = (method: string, name: string, parameters: object[]) => ({
    operationId: `${name}${method[0]!.toUpperCase()}${method.slice(1)}`,
    summary: parameters.length > 1 ? 'Send a webhook to a path below the slug' : 'Send a webhook',
    description:
      "Any path below the slug, any bytes, any headers, and every method that Node's HTTP parser knows (those of HTTP and WebDAV among them) but TRACE and CONNECT. A request that is answered 202 is durable. The webhook may be set to answer differently.",
    tags: ['Hooks'],
    parameters,
    ...(['get', 'head', 'delete', 'options'].includes(method) ? {} : { requestBody: anyBody }),
    responses: {
      202: {
        description: 'Durably accepted',
        headers: {
          'x-whook-request-id': {
            description: 'The id of the stored request',
            schema: { type: 'string', format: 'uuid' },
          },
        },
        content: { 'application/json': { schema: accepted } },
      },
      400: refused('This is no usable HTTP: two Hosts, two lengths, another version'),
      404: refused('No webhook has this URL'),
      405: refused('TRACE and CONNECT are not captured'),
      408: refused('The body did not come in time'),
      410: refused('The webhook is disabled'),
      413: refused(`The body is over the limit (${limits.bodyBytesDefault} bytes unless set otherwise)`),
      417: refused('Expect asks for something other than 100-continue'),
      429: refused('Over the rate of this webhook; see Retry-After'),
      431: refused(
        `More than ${limits.headersMax} headers, or more than ${limits.headerBytesMax} bytes of them`,
      ),
      500: refused('Something failed on our side; nothing was promised'),
      501: refused('The HTTP parser does not know this method'),
      503: refused('No storage is available, or a memory limit is reached; send it again after Retry-After'),
    },
    security: [],
  })
  const listen = {
    operationId: 'listen',
    summary: 'Changes as they happen: a WebSocket of batched LiveMessages',
    description:
      'An API key may connect from any origin, a session cookie only from our own. The server sends text frames of JSON, ' +
      `each a LiveServerFrame, at least every ${liveBeatMs} ms; the first says hello, so fetch what came before. ` +
      'A frame `{"gap": true}` means fetch again. A socket is closed with a LiveCloseCode, its URL may be opened again ' +
      `after ${liveCloseCodes.restarting}.`,
    tags: ['Live'],
    security: [{ bearer: [] }, { session: [] }],
    responses: {
      101: {
        description: 'The connection is a WebSocket now. Its frames and close codes:',
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
      401: refused('No credentials, or wrong ones'),
      403: refused('A session cookie was sent from another origin'),
      421: refused('This host name is not served here'),
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

/** Named media types: generators drop an operation whose body has none. */
const anyBody = {
  description: 'Any bytes of any content type; these two stand for all',
  required: false,
  content: {
    'application/json': { schema: {}, example: { type: 'invoice.paid', id: 'evt_1' } },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  },
}
