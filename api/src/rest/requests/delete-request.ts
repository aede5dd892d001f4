import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { RequestParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteRequest: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/requests/:requestId',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteRequest',
        summary: 'Delete a request and its deliveries',
        tags: ['Requests'],
        params: RequestParams,
        response: withProblems({ 204: Type.Null() }, 404),
      },
    },
    async (request, reply) => {
      await app.requests.remove(request.userId, request.params.requestId)
      return reply.code(204).send(null)
    },
  )
}
