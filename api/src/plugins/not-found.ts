import { ApiError } from '@whook/shared'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { sendProblem } from './problems.js'

/** Answers unrouted requests: 405 with Allow (204 for OPTIONS) if the path has routes, otherwise 404. */
export default fp(
  async (app) => {
    const routes: { pattern: RegExp; methods: string[] }[] = []
    app.addHook('onRoute', ({ url, method }) => {
      // The wildcard route of the dashboard matches every path.
      if (!url.endsWith('*')) routes.push({ pattern: patternOf(url), methods: [method].flat() })
    })

    app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
      const [path] = request.url.split('?', 1)
      const methods = routes.filter(({ pattern }) => pattern.test(path!)).flatMap((route) => route.methods)
      if (methods.length === 0 || methods.includes(request.method))
        return sendProblem(reply, new ApiError('not-found'))
      reply.header('allow', [...new Set([...methods, 'OPTIONS'])].sort().join(', '))
      if (request.method === 'OPTIONS') return reply.code(204).send()
      return sendProblem(reply, new ApiError('method-not-allowed'))
    })
  },
  { name: 'not-found', dependencies: ['problems'] },
)

/** Returns a pattern for a route URL such as `/a/:id/b`; a parameter matches one whole segment. */
function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[^\w-]/g, '\\$&')))
  return new RegExp(`^${segments.join('/')}$`)
}
