import { ApiError, Problem, problems, type ProblemCode } from '@whook/shared'
import fp from 'fastify-plugin'
import Type from 'typebox'

const ProblemType = Type.Object(
  { code: Type.String(), status: Type.Integer(), title: Type.String() },
  { examples: [{ code: 'validation', status: 400, title: 'The request is not valid' }] },
)

const route = {
  operationId: 'getProblemType',
  summary: 'Get the meaning of a problem: the URL in `type` of an error',
  tags: ['Operations'],
  params: Type.Object({ code: Type.String({ maxLength: 100 }) }),
}
const content = {
  'application/json': { schema: ProblemType },
  'text/html': { schema: Type.String() },
}

/** Serves a page (HTML or JSON) for each problem code. RFC 9457 recommends a page at the `type` URL of a problem. */
export default fp(
  async (app) => {
    app.get(
      '/api/problems/:code',
      { schema: { ...route, response: { 200: { description: 'The problem', content }, 404: Problem } } },
      async (request, reply) => {
        const { code } = request.params as { code: string }
        if (!Object.hasOwn(problems, code)) throw new ApiError('not-found')
        const problem = { code, ...problems[code as ProblemCode] }
        const wantsPage = request.headers.accept?.includes('text/html')
        return wantsPage ? reply.type('text/html; charset=utf-8').send(page(problem)) : problem
      },
    )
  },
  { name: 'problem-pages' },
)

/** Needs no escaping: all values are from the problem registry. */
const page = ({ code, status, title }: { code: string; status: number; title: string }) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${code} - Whook</title>
<h1>${title}</h1><p>Code <code>${code}</code>, HTTP status ${status}.</p>
<p>See <a href="/api/docs/">the API documentation</a>.</p></html>
`
