import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, type ProblemCode, type WebhookResponse } from '@whook/shared'
import { problemBody } from '../plugins/problems.js'
import { bareGuards } from '../plugins/unrouted-problems.js'
import type { HandshakeAnswer } from './handshakes/handshake.js'

/** Flat, as Node writes them: nothing is made of them for each call. The length's value follows. */
const acceptedHeaders = [
  ...Object.entries(bareGuards).flat(),
  'content-type',
  'application/json',
  'content-length',
]

/**
 * Answers an accepted call as its webhook is configured. A configured body can run nothing: the guards come last, and a
 * browser that asks for a script, a worker or a frame gets the default answer.
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

/** What a browser would execute or show inside a page (Fetch Metadata, W3C). */
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

/** A service worker from a hook URL would own the dashboard, which has the same origin. */
const isForExecution = ({ headers }: IncomingMessage) =>
  headers['service-worker'] !== undefined || executed.has(String(headers['sec-fetch-dest']))

/** What the provider asked for, whatever the webhook is set to answer. The body may be its caller's own words. */
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

/** A problem; `close` ends the connection after it, for senders whose bytes we will not read to the end. */
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
