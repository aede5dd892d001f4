import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError, type ProblemCode } from '@whook/shared'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { answerProblem } from '../ingest/answers.js'
import { problemBody, sendProblem } from './problems.js'

/** On answers that pass no hook, and so get none of the headers of the others. They are no pages: nothing may run. */
export const bareGuards = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'referrer-policy': 'no-referrer',
} as const

const codes: Partial<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/** What is no HTTP, too long a head, or too slow: answered on the bare socket, which then closes. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = new ApiError(codes[error.code ?? ''] ?? 'validation', {
    detail: 'This is not a usable HTTP request',
  })
  const body = JSON.stringify(problemBody(problem))
  const head = {
    ...bareGuards,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
  socket.destroySoon()
}

/** An address the router cannot read, such as `/%zz`. */
export function answerUnreadableUrl(error: FastifyError, _request: FastifyRequest, reply: FastifyReply) {
  return sendProblem(reply.headers(bareGuards), new ApiError('validation', { detail: error.message }))
}

/** `Expect: something-else`: whether its body follows is not known, so nothing after it can be read. */
export function answerExpectation(_incoming: IncomingMessage, response: ServerResponse): void {
  answerProblem(response, 'expectation-failed', { close: true })
}
