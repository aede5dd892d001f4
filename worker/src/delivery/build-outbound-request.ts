import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import type { ConsoleLine, HeaderPairs } from '@whook/shared'
import { limits } from '@whook/shared'
import {
  buildOutboundHeaders,
  forwardsLeftOf,
  isLoop,
  replaceHeaders,
  type Transformed,
} from '@whook/runtime/outbound/forward-headers'
import type { OutboundCall } from '@whook/runtime/outbound/guarded-client'
import { leavesBase, urlBelow } from '@whook/runtime/outbound/url-below'
import type { Sandbox, ScriptError } from '@whook/runtime/sandbox/sandbox'
import type { SendableRequest } from './prefetch/request-loader.js'
import type { PreparedSettings } from './prepare-settings.js'

/** Runs one script in its sandbox. Returns errors of the script, never throws them. */
export type Transform = Sandbox['run']

/** The HTTP request to send, or the reason not to send it. */
export type PreparedCall =
  | { kind: 'filtered'; reason: string }
  /** Nothing is sent: the attempt fails with this error. `final`: no later attempt can succeed. */
  | {
      kind: 'failed'
      outcome: 'script' | 'crashed' | 'policy'
      error: string
      final: boolean
      console: ConsoleLine[]
    }
  | { kind: 'call'; call: OutboundCall; console: ConsoleLine[] }

/**
 * Builds the outbound HTTP request of a stored request: runs the webhook's script, then the destination's script,
 * then builds the headers. Without a script the body keeps its exact bytes. When a script fails, the original is not
 * sent.
 */
export async function buildOutboundRequest(
  claim: Claim,
  request: SendableRequest,
  settings: PreparedSettings,
  { transform, nowMs }: { transform: Transform; nowMs: () => number },
): Promise<PreparedCall> {
  if (isLoop(request.headers)) {
    return refused(`Forwarding loop: the request was already forwarded ${limits.hopsMax} times`)
  }
  if (settings.problem !== null) {
    return { kind: 'failed', outcome: 'policy', error: settings.problem, final: false, console: [] }
  }
  let current = request
  let path = settings.appendPath ? request.path : ''
  let transformed: Transformed | undefined
  const console: ConsoleLine[] = []

  for (const { whose, script } of scriptsOf(settings)) {
    const result = await transform({ script, request: current, tenant: settings.userId })
    console.push(...result.logs)
    if (result.kind === 'filtered')
      return { kind: 'filtered', reason: `The ${whose}'s script returned null${consoleNote(console)}` }
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
    current = {
      ...current,
      headers: result.bodyChanged ? describing(current.headers, result.contentType) : current.headers,
      body: result.body,
      query: result.query ?? current.query,
      method: result.method ?? current.method,
      path: result.path ?? current.path,
    }
  }

  if (leavesBase(path))
    return refused('The request path leaves the base path of the destination URL', console)
  const url = urlBelow(settings.url, { path, query: current.query })
  const forwardsLeft = isHookUrl(url) ? shareOfForwards(request, settings) : null
  if (forwardsLeft !== null && forwardsLeft < 0) {
    return refused(
      `Forwarding from webhook to webhook may create at most ${limits.forwardsMax} requests per original request`,
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
    body: current.body,
    transformed,
    customHeaders: settings.headers,
    forwardHeaders: settings.forwardHeaders,
    forwardsLeft,
    secrets: settings.signingSecrets,
    nowSeconds: Math.floor(nowMs() / 1000),
  })
  const { method } = current
  return {
    kind: 'call',
    console,
    call: {
      tenant: settings.userId,
      method,
      url,
      headers,
      body: current.body,
      timeoutMs: settings.timeoutMs,
    },
  }
}

/** A failure that no later attempt can fix. */
const refused = (error: string, console: ConsoleLine[] = []): PreparedCall => ({
  kind: 'failed',
  outcome: 'policy',
  error,
  final: true,
  console,
})

/** Returns whether the URL belongs to a webhook, of this or another installation, with any host name. */
const isHookUrl = (url: string) =>
  // Most URLs have no slug, no escape and none of the characters that the URL parser removes.
  /wh_|[%\t\n\r]/.test(url) && /\/wh_[0-9A-Za-z]{22}(?![0-9A-Za-z])/.test(decoded(new URL(url).pathname))

/**
 * Returns how many more requests one delivery may create. All destinations of the webhook share the budget of the
 * request equally, and the delivery itself counts. Shares are rounded down, so the total never exceeds
 * limits.forwardsMax.
 */
const shareOfForwards = (request: SendableRequest, { siblings }: PreparedSettings) =>
  Math.floor(forwardsLeftOf(request.headers) / siblings) - 1

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // The decoded bytes are not UTF-8. A slug never needs encoding, so the path as it is suffices.
    return path
  }
}

/**
 * Returns the headers of a changed body for the second script: no compression, and the new content type if it
 * changed.
 */
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

/** A filtered delivery has no attempt to store the console, so its reason contains the beginning of the console. */
function consoleNote(console: ConsoleLine[]): string {
  const text = console.map((line) => line.text).join(' | ')
  return text && `. Console: ${text.slice(0, limits.consoleLineCharsMax)}`
}

const inWords = ({ message, line, column }: ScriptError) =>
  line === null ? message : `${message} (line ${line}, column ${column ?? 1})`

/**
 * Returns whether `requestUrl` is the destination's own `url` plus a query at most. A path below it is another
 * resource.
 */
export function isCallOf(url: string, requestUrl: string): boolean {
  const [address] = url.split('#', 1) as [string]
  return requestUrl.startsWith(address) && /^([?&#]|$)/.test(requestUrl.slice(address.length))
}
