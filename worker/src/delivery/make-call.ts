import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import type { ConsoleLine } from '@whook/shared'
import { limits } from '@whook/shared'
import {
  buildOutboundHeaders,
  isLoop,
  replaceHeaders,
  type Transformed,
} from '@whook/shared/server/outbound/forward-headers'
import type { ScriptError } from '@whook/shared/server/sandbox/sandbox'
import type { Made, PreparedSettings, SendableRequest, Transform } from './parts.js'

interface Deps {
  transform: Transform
  nowMs: () => number
}

/**
 * From a stored request to the call that forwards it: the webhook's script, then the destination's, then the headers.
 * Without a script the bytes go out as they came. A script that fails never lets the original through.
 */
export const createMakeCall =
  ({ transform, nowMs }: Deps) =>
  async (claim: Claim, request: SendableRequest, settings: PreparedSettings): Promise<Made> => {
    if (isLoop(request.headers)) {
      const error = `it has been through ${limits.hopsMax} Whooks already: this is a loop`
      return { kind: 'failed', outcome: 'policy', error, final: true, console: [] }
    }
    if (settings.problem !== null) {
      return { kind: 'failed', outcome: 'policy', error: settings.problem, final: false, console: [] }
    }
    let made = request
    let transformed: Transformed | undefined
    const console: ConsoleLine[] = []

    for (const { whose, script } of scriptsOf(settings)) {
      const result = await transform({ script, request: made, tenant: settings.userId })
      console.push(...result.logs)
      if (result.kind === 'filtered')
        return { kind: 'filtered', reason: `The ${whose}'s script returned null${said(console)}` }
      if (result.kind === 'error') {
        const outcome = result.error.kind === 'crash' ? 'crashed' : 'script'
        const error = `The ${whose}'s script failed: ${inWords(result.error)}`
        return { kind: 'failed', outcome, error, final: false, console }
      }
      transformed = {
        bodyChanged: result.bodyChanged || transformed?.bodyChanged === true,
        contentType: result.contentType ?? transformed?.contentType ?? null,
        headers: replaceHeaders(transformed?.headers ?? [], result.headers),
      }
      made = { ...made, body: result.body, query: result.query ?? made.query }
    }

    const headers = buildOutboundHeaders({
      rawHeaders: request.headers,
      requestId: request.id,
      webhookId: request.webhookId,
      deliveryId: claim.id,
      attempt: claim.attempts + 1,
      verification: request.verification,
      body: made.body,
      transformed,
      customHeaders: settings.headers,
      forwardHeaders: settings.forwardHeaders,
      secrets: settings.signingSecrets,
      nowSeconds: Math.floor(nowMs() / 1000),
    })
    const url = withQuery(settings.url, made.query)
    const { method } = request
    return {
      kind: 'call',
      console,
      call: { method, url, headers, body: made.body, timeoutMs: settings.timeoutMs },
    }
  }

const scriptsOf = ({ webhookScript, script }: PreparedSettings) =>
  [
    { whose: 'webhook', script: webhookScript },
    { whose: 'destination', script },
  ].filter((one): one is { whose: string; script: string } => one.script !== null)

/** No attempt is made that could keep the console: the reason has the beginning of it. */
function said(console: ConsoleLine[]): string {
  const text = console.map((line) => line.text).join(' | ')
  return text && `. Its console: ${text.slice(0, limits.consoleLineCharsMax)}`
}

const inWords = ({ message, line, column }: ScriptError) =>
  line === null ? message : `${message} (line ${line}, column ${column ?? 1})`

/** Whether a call to `requestUrl` was one for a destination at `url`. */
export function isCallOf(url: string, requestUrl: string): boolean {
  const [address] = url.split('#', 1) as [string]
  return requestUrl.startsWith(address) && /^([?&#]|$)/.test(requestUrl.slice(address.length))
}

/** The destination's own query stays; the sender's follows it. Unescaped, what it has behind a # would never be sent. */
function withQuery(url: string, query: string): string {
  if (query === '') return url
  const [address, fragment] = url.split('#', 2) as [string, string?]
  const joined = `${address}${address.includes('?') ? '&' : '?'}${query.replaceAll('#', '%23')}`
  return fragment === undefined ? joined : `${joined}#${fragment}`
}
