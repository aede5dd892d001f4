import { ApiError, limits } from '@whook/shared'
import fp from 'fastify-plugin'
import { jsonShapeFault, type JsonBounds } from './json-shape.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Limits for routes whose body contains a user's data; the default suits settings of a few hundred values. */
    jsonBounds?: JsonBounds
  }
}

const settingsBounds: JsonBounds = { valuesMax: limits.jsonValuesMax, depthMax: limits.jsonDepthMax }

/**
 * Accepts an empty body with `Content-Type: application/json`: many HTTP clients send the header without a body. Routes
 * that need a body validate it themselves. The number of JSON values is limited before parsing.
 */
export default fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error')
    // text/plain is the default of many clients: 415 "Send application/json" is clearer than "must be object".
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
