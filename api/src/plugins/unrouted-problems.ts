import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApiError, limits, type ProblemCode } from '@whook/shared'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { answerProblem } from '../ingest/answers.js'
import { bareGuards } from './bare-guards.js'
import { problemBody, sendProblem } from './problems.js'

/** An error of Node's HTTP parser. `rawPacket`: the rejected chunk; `bytesParsed`: the parsed bytes of it. */
type ParserError = Error & { code?: string; rawPacket?: unknown; bytesParsed?: number }

/**
 * Answers invalid HTTP, too large headers and too slow requests on the bare socket and closes it. Returns the problem
 * code for the metrics; undefined when the client has disconnected.
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

/** Refuses CONNECT: Whook is not a proxy. Without a listener Node closes the connection without a response. */
export function answerConnect(_incoming: IncomingMessage, socket: Duplex): void {
  answerOnSocket(socket, new ApiError('method-not-allowed', { detail: 'CONNECT is not supported' }))
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
  // Do not wait for a client that keeps its side open.
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
        detail: 'The request target contains a byte outside printable ASCII; percent-encode it (RFC 3986)',
      })
    case 'HPE_INVALID_METHOD':
      if (hasRequestLine(error)) return new ApiError('method-unknown')
  }
  return new ApiError('validation', { detail: 'This is not a valid HTTP request' })
}

/** RFC 9112 section 3: method, target and version. If the line is well-formed, only the method is unknown. */
function hasRequestLine({ rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (!Buffer.isBuffer(rawPacket)) return false
  const start = rawPacket.lastIndexOf('\n', bytesParsed - 1) + 1
  const line = rawPacket.toString('latin1', start, start + limits.headerBytesMax)
  return /^[\w!#$%&'*+.^`|~-]+ [!-~]+ HTTP\/1\.[01]\r?\n/.test(line)
}

/** Answers 503 to a request on a connection over the limit. */
export function answerOverLimit(incoming: IncomingMessage, response: ServerResponse): void {
  incoming.resume()
  answerProblem(response, 'overloaded', { retryAfterSeconds: 5, close: true })
}

/** Answers 400 to a URL that the router cannot decode, such as `/%zz`. */
export function answerUnreadableUrl(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  void sendProblem(reply.headers(bareGuards), new ApiError('validation', { detail: error.message }))
}

/** Answers 417 and closes the connection: it is unknown whether a body follows, so later bytes cannot be parsed. */
export function answerExpectation(_incoming: IncomingMessage, response: ServerResponse): void {
  answerProblem(response, 'expectation-failed', { close: true })
}
