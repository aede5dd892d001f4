import { limits } from '@whook/shared'

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'] as const

/** Hook URLs stand in front of the router and sockets beside it, so no route tells of them: this does. */
export function doors(problem: object): Record<string, object> {
  const refused = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: problem } },
  })
  const accepted = {
    type: 'object',
    required: ['id', 'status'],
    properties: { id: { type: 'string', format: 'uuid' }, status: { type: 'string', const: 'accepted' } },
  }
  const operation = (method: string) => ({
    operationId: `sendWebhook${method[0]!.toUpperCase()}${method.slice(1)}`,
    summary: 'Send a webhook',
    description:
      "Any path below the slug, any bytes, any headers, and every method that Node's HTTP parser knows (those of HTTP and WebDAV among them) but TRACE and CONNECT. A request that is answered 202 is durable. The webhook may be set to answer differently.",
    tags: ['Hooks'],
    parameters: [
      {
        name: 'slug',
        in: 'path',
        required: true,
        schema: { type: 'string', pattern: '^wh_[0-9A-Za-z]{22}$' },
      },
    ],
    ...(['get', 'head', 'delete', 'options'].includes(method)
      ? {}
      : { requestBody: { content: { '*/*': {} } } }),
    responses: {
      202: { description: 'Durably accepted', content: { 'application/json': { schema: accepted } } },
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
    summary: 'What happens, as it happens: a WebSocket of batched LiveMessages',
    description:
      'With the session cookie only from our own origin; with an API key from anywhere. The first frame says hello: what came before it is fetched. A frame `{"gap": true}` means fetch again.',
    tags: ['Live'],
    security: [{ bearer: [] }, { session: [] }],
    responses: {
      101: { description: 'The connection is a WebSocket now' },
      401: refused('Nobody is signed in, or the key is wrong'),
      403: refused('Another origin asked'),
      421: refused('This host name is not served here'),
    },
  }
  return {
    '/{slug}': Object.fromEntries(methods.map((method) => [method, operation(method)])),
    '/ws': { get: listen },
  }
}
