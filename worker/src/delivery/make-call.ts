import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import type { ConsoleLine, HeaderPairs } from '@whook/shared'
import { limits } from '@whook/shared'
import {
  buildOutboundHeaders,
  forwardsLeftOf,
  isLoop,
  replaceHeaders,
  type Transformed,
} from '@whook/runtime/outbound/forward-headers'
import { leavesBase, urlBelow } from '@whook/runtime/outbound/url-below'
import type { ScriptError } from '@whook/runtime/sandbox/sandbox'
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
      return refused(`The request was forwarded ${limits.hopsMax} times already: this is a loop`)
    }
    if (settings.problem !== null) {
      return { kind: 'failed', outcome: 'policy', error: settings.problem, final: false, console: [] }
    }
    let made = request
    let path = settings.appendPath ? request.path : ''
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
      path = result.path ?? path
      made = {
        ...made,
        headers: result.bodyChanged ? describing(made.headers, result.contentType) : made.headers,
        body: result.body,
        query: result.query ?? made.query,
        method: result.method ?? made.method,
        path: result.path ?? made.path,
      }
    }

    if (leavesBase(path))
      return refused('The path of the request leads above the URL of the destination', console)
    const url = urlBelow(settings.url, { path, query: made.query })
    const forwardsLeft = isHookUrl(url) ? shareOfForwards(request, settings) : null
    if (forwardsLeft !== null && forwardsLeft < 0) {
      return refused(
        `One call may cause at most ${limits.forwardsMax} requests by being forwarded from webhook to webhook`,
        console,
      )
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
      forwardsLeft,
      secrets: settings.signingSecrets,
      nowSeconds: Math.floor(nowMs() / 1000),
    })
    const { method } = made
    return {
      kind: 'call',
      console,
      call: { tenant: settings.userId, method, url, headers, body: made.body, timeoutMs: settings.timeoutMs },
    }
  }

/** No later attempt can succeed. */
const refused = (error: string, console: ConsoleLine[] = []): Made => ({
  kind: 'failed',
  outcome: 'policy',
  error,
  final: true,
  console,
})

/** The URL of a webhook, at this installation or another one, whatever its host is called. */
const isHookUrl = (url: string) => /\/wh_[0-9A-Za-z]{22}(?![0-9A-Za-z])/.test(decoded(new URL(url).pathname))

/**
 * What is left for one delivery when all destinations of the webhook share what the request may cause, less the delivery
 * itself. Shares are rounded down, so all requests that one call causes are never more than limits.forwardsMax.
 */
const shareOfForwards = (request: SendableRequest, { siblings }: PreparedSettings) =>
  Math.floor(forwardsLeftOf(request.headers) / siblings) - 1

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // Not UTF-8 once decoded: a slug never needs encoding.
    return path
  }
}

/** Headers that a second script reads a changed body by: it is not compressed, and may have another type. */
function describing(headers: HeaderPairs, contentType: string | null): HeaderPairs {
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return lower !== 'content-encoding' && (contentType === null || lower !== 'content-type')
  })
  return contentType === null ? kept : [...kept, ['content-type', contentType]]
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

/** Whether a call to `requestUrl` went to a destination's own `url`. A path below it is another resource. */
export function isCallOf(url: string, requestUrl: string): boolean {
  const [address] = url.split('#', 1) as [string]
  return requestUrl.startsWith(address) && /^([?&#]|$)/.test(requestUrl.slice(address.length))
}
