import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { RequestParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

/** Somebody else wrote these bytes: they are a file to keep, never a page of ours. */
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
        summary: 'Get the exact bytes of a body, as an attachment',
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
      // Counted before it is loaded: many readers at once would fill the memory with bodies that nobody takes.
      reply.holdBytes(await app.requests.bodySize(request.userId, request.params.requestId))
      const body = await app.requests.body(request.userId, request.params.requestId)
      const name = `attachment; filename="${request.params.requestId}.bin"`
      return reply.headers({ ...asFile, 'content-disposition': name }).send(body)
    },
  )
}
