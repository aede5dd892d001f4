import { ApiError, limits } from '@whook/shared'
import fp from 'fastify-plugin'
import { jsonShapeFault, type JsonBounds } from './json-shape.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes whose body carries a user's data; other bodies are settings of a few hundred values. */
    jsonBounds?: JsonBounds
  }
}

const settingsBounds: JsonBounds = { valuesMax: limits.jsonValuesMax, depthMax: limits.jsonDepthMax }

/**
 * Many HTTP clients say `Content-Type: application/json` with every call, those without a body included. No body is then no
 * body, as without the header: a route that needs one says so itself. The number of values is bounded before parsing.
 */
export default fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error')
    // Text is what a client sends that was not told otherwise: it hears to send JSON, not that a text is no object.
    app.removeContentTypeParser(['application/json', 'text/plain'])
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      if (body.length === 0) return done(null, undefined)
      const message = jsonShapeFault(body, request.routeOptions.config.jsonBounds ?? settingsBounds)
      if (message) return done(new ApiError('validation', { errors: [{ path: '/', message }] }), undefined)
      return parse(request, body, done)
    })
  },
  { name: 'empty-json' },
)
