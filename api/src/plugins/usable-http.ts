import { ApiError } from '@whook/shared'
import fp from 'fastify-plugin'
import { checkCall } from '../ingest/check-call.js'

/** Behind the router the same HTTP is usable as at a hook URL, and the headers that decide what is done stand once. */
export default fp(
  async (app) => {
    app.addHook('onRequest', async ({ raw }, reply) => {
      const refusal = checkCall(raw) ?? checkRepeats(raw.rawHeaders)
      if (!refusal) return
      reply.header('connection', 'close')
      throw new ApiError(refusal.code, { detail: refusal.detail })
    })
  },
  { name: 'usable-http' },
)

const decisive = new Set(['authorization', 'content-type', 'origin', 'x-csrf-token'])

/** Node keeps the first of some repeated headers and joins others: a proxy in front may have judged the last. */
function checkRepeats(rawHeaders: readonly string[]) {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    if (!decisive.has(name)) continue
    if (seen.has(name)) return { code: 'validation', detail: `Two ${name} headers` } as const
    seen.add(name)
  }
  return undefined
}
