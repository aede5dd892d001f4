import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, limits, type CapturedRequest } from '@whook/shared'
import type { ByteBudget } from '@whook/runtime/byte-budget'
import type { UsageTracker } from '../quotas/usage-tracker.js'
import { callerOf, createTokenBuckets } from '../token-buckets.js'
import { answerAccepted, answerHandshake, answerProblem } from './answers.js'
import { captureRequest } from './capture-request.js'
import type { RawCall } from './raw-call.js'
import { validateHttpRequest } from './validate-http-request.js'
import { handshakes } from './handshakes/handshakes.js'
import type { IngestWebhook } from './ingest-webhook.js'
import { judgeCapture } from './judge-capture.js'
import type { KnownSlugs } from './known-slugs.js'
import { readBody } from './read-body.js'
import type { SlugCache } from './slug-cache.js'
import { splitTarget, type HookTarget } from './split-target.js'
import type { Verified } from './verify-call.js'

interface IngestHandlerDeps {
  slugs: SlugCache
  knownSlugs: Pick<KnownSlugs, 'mayExist'>
  accept: (request: CapturedRequest) => Promise<void>
  /** Budget for the bytes of bodies in receipt; owned by a user and a webhook. */
  receiving: ByteBudget
  verify: (webhook: IngestWebhook, call: RawCall, receivedAtMs: number) => Verified
  /** Checks the quotas of the user of a webhook without a query. */
  usage: Pick<UsageTracker, 'refusal' | 'accepted'>
  remoteAddress: (incoming: IncomingMessage) => string
  bodyLimitBytes: number
  /** True while the server stops: each connection is closed after its response, otherwise the stop never ends. */
  isStopping: () => boolean
  newId: () => string
  now: () => number
  /** Called with the reason of each refusal, which is counted but not logged. */
  onRefused: (reason: string) => void
  /** Called with unexpected errors: the client receives 500, and the process continues. */
  onFailed: (error: unknown) => void
}

/** Limits of unknown slugs per client: the URL is the secret, so guessing must be slow. */
const unknownPerSecond = 20 / 60
const unknownBurst = 20

/**
 * Handles a webhook request: look up the webhook (cached) -> read and capture -> accept durably -> respond. Runs before
 * Fastify's router. Work that can wait is done elsewhere.
 */
export function createIngestHandler(deps: IngestHandlerDeps) {
  const unknownSlugs = createTokenBuckets()
  const webhookRates = createTokenBuckets()

  async function handle(incoming: IncomingMessage, response: ServerResponse, target: HookTarget) {
    const refuse = (
      ...[code, options]: Parameters<typeof answerProblem> extends [unknown, ...infer R] ? R : never
    ) => {
      deps.onRefused(code)
      leaveIfStopping(response)
      // The rest of the body is read and dropped, so that the sender receives the response.
      incoming.resume()
      answerProblem(response, code, options)
    }

    const refusal = validateHttpRequest(incoming)
    if (refusal) return refuse(refusal.code, { detail: refusal.detail, close: true })

    const webhook = deps.slugs.peek(target.slug) ?? (await lookUp(target.slug, incoming))
    if (webhook === 'unavailable') return refuse('unavailable', { retryAfterSeconds: 5 })
    if (!webhook) {
      const waitSeconds = unknownSlugs(callerOf(deps.remoteAddress(incoming)), unknownPerSecond, unknownBurst)
      return waitSeconds > 0
        ? refuse('rate-limited', { retryAfterSeconds: waitSeconds })
        : refuse('not-found')
    }
    if (webhook.status === 'disabled') return refuse('webhook-disabled')
    const rate = webhook.limits.requestsPerSecond
    const waitSeconds = rate === null ? 0 : webhookRates(webhook.id, rate, rate)
    if (waitSeconds > 0) return refuse('rate-limited', { retryAfterSeconds: waitSeconds })

    const overQuota = deps.usage.refusal(webhook.userId)
    if (overQuota) return refuse(overQuota.code, overQuota)

    const limitBytes = Math.min(webhook.limits.bodyBytesMax ?? Infinity, deps.bodyLimitBytes)
    const body = await readBody(incoming, limitBytes, deps.receiving.open([webhook.userId, webhook.id]))
    if (body === 'aborted') return deps.onRefused('aborted')
    if (body === 'too-large')
      return refuse('body-too-large', {
        detail: `The body may have at most ${limitBytes} bytes`,
        close: true,
      })
    if (body === 'overloaded') return refuse('overloaded', { retryAfterSeconds: 5, close: true })

    const call: RawCall = {
      method: incoming.method ?? 'GET',
      path: target.path,
      query: target.query,
      httpVersion: incoming.httpVersion,
      rawHeaders: incoming.rawHeaders,
      remoteAddress: deps.remoteAddress(incoming),
      body,
    }
    const receivedAt = deps.now()
    const verified = deps.verify(webhook, call, receivedAt)
    const { verification } = webhook
    const handshake = verification
      ? handshakes[verification.provider]?.(call, verification, verified)
      : undefined
    const outcome = handshake?.verified ?? verified
    const fate = judgeCapture(webhook.onVerificationFailure, outcome, handshake)
    const request = captureRequest(call, {
      id: deps.newId(),
      webhook,
      receivedAt,
      verified: outcome,
      fate,
      eventOtherwise: handshake?.answer && handshake.answer.status < 400 ? 'handshake' : undefined,
    })
    try {
      await deps.accept(request)
    } catch (error) {
      // The batch logs the cause; the sender receives a code that it can act on.
      const isOverloaded = error instanceof ApiError && error.code === 'overloaded'
      return refuse(isOverloaded ? 'overloaded' : 'unavailable', { retryAfterSeconds: 5 })
    }
    deps.usage.accepted(webhook.userId, request.size + limits.storedRequestBytes)
    leaveIfStopping(response)
    if (fate.refused) deps.onRefused('signature-invalid')
    if (handshake?.answer) answerHandshake(response, handshake.answer, request.id)
    else if (fate.refused)
      answerProblem(response, 'signature-invalid', { detail: outcome.verificationReason ?? undefined })
    else answerAccepted(incoming, response, webhook.response, request.id)
  }

  function leaveIfStopping(response: ServerResponse) {
    if (deps.isStopping()) response.shouldKeepAlive = false
  }

  /** A client over the guess limit is checked in memory, without a query. It still reaches every existing webhook. */
  async function lookUp(
    slug: string,
    incoming: IncomingMessage,
  ): Promise<IngestWebhook | undefined | 'unavailable'> {
    const hasGuessed = unknownSlugs.wait(callerOf(deps.remoteAddress(incoming)), unknownPerSecond) > 0
    if (hasGuessed && !(await deps.knownSlugs.mayExist(slug))) return undefined
    try {
      return await deps.slugs.get(slug)
    } catch {
      // The database is unavailable and the slug is not cached, so the webhook may exist.
      return 'unavailable'
    }
  }

  /** Returns true when the target is a webhook URL. The request is then handled here. */
  return function ingest(incoming: IncomingMessage, response: ServerResponse): boolean {
    const target = splitTarget(incoming.url ?? '')
    if (!target) return false
    response.on('error', () => response.destroy())
    handle(incoming, response, target).catch((error: unknown) => {
      deps.onFailed(error)
      answerProblem(response, 'internal', { close: true })
    })
    return true
  }
}

export type IngestHandler = ReturnType<typeof createIngestHandler>
export const isLargeBody = (request: CapturedRequest) => request.size > limits.queuedBodyBytesMax
