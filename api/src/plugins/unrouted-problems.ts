import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApiError, limits, type ProblemCode } from '@whook/shared'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { answerProblem } from '../ingest/answers.js'
import { problemBody, sendProblem } from './problems.js'

/** On answers that pass no hook, and so get none of the headers of the others. They are no pages: nothing may run. */
export const bareGuards = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'referrer-policy': 'no-referrer',
} as const

/** A failure of Node's parser. `rawPacket`: the chunk it failed in; `bytesParsed`: how far it came. */
type ParserError = Error & { code?: string; rawPacket?: unknown; bytesParsed?: number }

/**
 * Answers bytes that are not HTTP, a head that is too long, and a request that is too slow, on the bare socket, which
 * then closes. Returns the reason, to be counted; undefined when nobody is left to answer.
 */
export function answerClientError(error: ParserError, socket: Socket): ProblemCode | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return undefined
  }
  const problem = problemOf(error)
  answerOnSocket(socket, problem)
  return problem.code
}

/** CONNECT would make a proxy of us. Node closes the connection without an answer unless somebody listens. */
export function answerConnect(_incoming: IncomingMessage, socket: Duplex): void {
  answerOnSocket(socket, new ApiError('method-not-allowed', { detail: 'CONNECT is not served here' }))
}

function answerOnSocket(socket: Duplex, problem: ApiError): void {
  const body = JSON.stringify(problemBody(problem))
  const head = {
    ...bareGuards,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
  socket.end()
  socket.resume()
  // A peer that does not close its side as well is not waited for.
  setTimeout(() => socket.destroy(), 1000).unref()
}

function problemOf(error: ParserError): ApiError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError('headers-too-large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError('request-timeout')
    case 'HPE_INVALID_URL':
      return new ApiError('validation', {
        detail: 'The request target has a byte outside printable ASCII; percent-encode it (RFC 3986)',
      })
    case 'HPE_INVALID_METHOD':
      if (hasRequestLine(error)) return new ApiError('method-unknown')
  }
  return new ApiError('validation', { detail: 'This is not a usable HTTP request' })
}

/** RFC 9112 section 3: a method of token characters, a target, and a version. Then only the method is unknown. */
function hasRequestLine({ rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (!Buffer.isBuffer(rawPacket)) return false
  const start = rawPacket.lastIndexOf('\n', bytesParsed - 1) + 1
  const line = rawPacket.toString('latin1', start, start + limits.headerBytesMax)
  return /^[\w!#$%&'*+.^`|~-]+ [!-~]+ HTTP\/1\.[01]\r?\n/.test(line)
}

/** A request on a connection over the limit. */
export function answerOverLimit(incoming: IncomingMessage, response: ServerResponse): void {
  incoming.resume()
  answerProblem(response, 'overloaded', { retryAfterSeconds: 5, close: true })
}

/** An address the router cannot read, such as `/%zz`. */
export function answerUnreadableUrl(error: FastifyError, _request: FastifyRequest, reply: FastifyReply) {
  return sendProblem(reply.headers(bareGuards), new ApiError('validation', { detail: error.message }))
}

/** `Expect: something-else`: whether its body follows is not known, so nothing after it can be read. */
export function answerExpectation(_incoming: IncomingMessage, response: ServerResponse): void {
  answerProblem(response, 'expectation-failed', { close: true })
}
