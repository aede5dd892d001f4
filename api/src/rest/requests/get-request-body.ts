import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { RequestParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

/** The bytes are untrusted: browsers must download them as a file and never show them as a page. */
const asFile = {
  'content-type': 'application/octet-stream',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
}

export const getRequestBody: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/requests/:requestId/body',
    {
      config: { scope: 'read', heavy: true },
      schema: {
        operationId: 'getRequestBody',
        summary: 'Download the exact bytes of a body',
        tags: ['Requests'],
        params: RequestParams,
        response: withProblems(
          { 200: { content: { 'application/octet-stream': { schema: Type.Any() } } } },
          404,
          503,
        ),
      },
    },
    async (request, reply) => {
      // Reserve the bytes before loading them: many slow readers would fill the memory with unsent bodies.
      reply.holdBytes(await app.requests.bodySize(request.userId, request.params.requestId))
      const body = await app.requests.body(request.userId, request.params.requestId)
      const name = `attachment; filename="${request.params.requestId}.bin"`
      return reply.headers({ ...asFile, 'content-disposition': name }).send(body)
    },
  )
}
