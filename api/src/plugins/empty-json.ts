import fp from 'fastify-plugin'

/**
 * Many HTTP clients say `Content-Type: application/json` with every call, those without a body included. No body is then no
 * body, as without the header: a route that needs one says so itself.
 */
export default fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error')
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      if (body.length === 0) return done(null, undefined)
      return parse(request, body, done)
    })
  },
  { name: 'empty-json' },
)
