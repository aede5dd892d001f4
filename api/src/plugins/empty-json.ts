import fp from 'fastify-plugin'

/**
 * Many HTTP clients say `Content-Type: application/json` with every call, those without a body included. No body is then no
 * body, as without the header: a route that needs one says so itself.
 */
export default fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error')
    // Text is what a client sends that was not told otherwise: it hears to send JSON, not that a text is no object.
    app.removeContentTypeParser(['application/json', 'text/plain'])
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      if (body.length === 0) return done(null, undefined)
      return parse(request, body, done)
    })
  },
  { name: 'empty-json' },
)
