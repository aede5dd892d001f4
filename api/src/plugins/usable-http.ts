import { ApiError } from '@whook/shared'
import fp from 'fastify-plugin'
import { validateHttpRequest } from '../ingest/validate-http-request.js'

/** Applies the HTTP checks of hook URLs to routes, and refuses repeated security-relevant headers. */
export default fp(
  async (app) => {
    app.addHook('onRequest', async ({ raw }, reply) => {
      const refusal = validateHttpRequest(raw) ?? checkRepeats(raw.rawHeaders)
      if (!refusal) return
      reply.header('connection', 'close')
      throw new ApiError(refusal.code, { detail: refusal.detail })
    })
  },
  { name: 'usable-http' },
)

const decisive = new Set(['authorization', 'content-type', 'origin', 'x-csrf-token'])

/** Node uses the first of repeated headers, or joins them; a proxy in front may have checked the last one. */
function checkRepeats(rawHeaders: readonly string[]) {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    if (!decisive.has(name)) continue
    if (seen.has(name))
      return { code: 'validation', detail: `Repeated header ${name}; send it once` } as const
    seen.add(name)
  }
  return undefined
}
