import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, type ProblemCode, type WebhookResponse } from '@whook/shared'
import { bareGuards } from '../plugins/bare-guards.js'
import { problemBody } from '../plugins/problems.js'
import type { HandshakeAnswer } from './handshakes/handshake.js'

/** A flat list, as Node writes it, so that no object is built per request. The value of content-length is appended. */
const acceptedHeaders = [
  ...Object.entries(bareGuards).flat(),
  'content-type',
  'application/json',
  'content-length',
]

/**
 * Sends the configured response of the webhook to an accepted request. A browser must not execute a configured body.
 * The guard headers are therefore set last, and requests for a script, a worker or a frame receive the default
 * response.
 */
export function answerAccepted(
  incoming: IncomingMessage,
  response: ServerResponse,
  configured: WebhookResponse,
  requestId: string,
): void {
  const { status, headers, body } = configured
  const hasNoBody = status === 204 || status === 205 || status === 304
  const isDefault = body === null && headers.length === 0
  if (!hasNoBody && (isDefault || isForExecution(incoming))) {
    const text = `{"id":"${requestId}","status":"accepted"}`
    response.writeHead(status, acceptedHeaders.concat(String(text.length), 'x-whook-request-id', requestId))
    response.end(text)
    return
  }
  for (const [name, value] of headers) response.appendHeader(name, value)
  for (const [name, value] of Object.entries(bareGuards)) response.setHeader(name, value)
  response.setHeader('x-whook-request-id', requestId)
  response.statusCode = status
  if (hasNoBody) return void response.end()
  if (body === null && !response.hasHeader('content-type'))
    response.setHeader('content-type', 'application/json')
  response.end(body ?? `{"id":"${requestId}","status":"accepted"}`)
}

/** Destinations that a browser executes or embeds in a page (Fetch Metadata, W3C). */
const executed = new Set([
  'script',
  'worker',
  'sharedworker',
  'serviceworker',
  'style',
  'object',
  'embed',
  'iframe',
])

/** A service worker from a webhook URL would control the dashboard, which has the same origin. */
const isForExecution = ({ headers }: IncomingMessage) =>
  headers['service-worker'] !== undefined || executed.has(String(headers['sec-fetch-dest']))

/** Sends the provider's handshake response instead of the configured one. The body may echo text from the client. */
export function answerHandshake(
  response: ServerResponse,
  { status, contentType, body, headers }: HandshakeAnswer,
  requestId: string,
): void {
  response.writeHead(status, {
    ...headers,
    ...bareGuards,
    ...(status === 204 ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    'x-whook-request-id': requestId,
  })
  response.end(body)
}

/** Sends a problem (RFC 9457). `close` ends the connection after it, when the rest of the request is not read. */
export function answerProblem(
  response: ServerResponse,
  code: ProblemCode,
  {
    retryAfterSeconds,
    detail,
    close = false,
  }: { retryAfterSeconds?: number; detail?: string; close?: boolean } = {},
): void {
  if (response.destroyed || response.headersSent) return
  const error = new ApiError(code, { detail, retryAfterSeconds })
  const body = JSON.stringify(problemBody(error))
  response.writeHead(error.status, {
    ...bareGuards,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
    ...(close ? { connection: 'close' } : {}),
  })
  response.end(body)
}
