import type { Outcome } from './guarded-client.js'

type Failure = Pick<Extract<Outcome, { kind: 'failure' }>, 'outcome' | 'message'>

const byCode: Record<string, Failure['outcome']> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEOUT: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'response-too-large',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
}

/** Names what went wrong on the way, for people and for the retry rules. Never an address. */
export function classifyFailure(error: unknown): Failure {
  const { name, message, code = '', cause } = error as Error & { code?: string; cause?: { code?: string } }
  if (name === 'AddressRefused') return { outcome: 'policy', message }
  if (name === 'DeadlineError') return { outcome: 'timeout', message }
  const key = code || (cause?.code ?? '')
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(key))
    return { outcome: 'tls', message: key }
  const outcome = byCode[key]
  if (outcome)
    return { outcome, message: key === 'UND_ERR_SOCKET' ? 'the connection was closed' : plain(key, message) }
  return {
    outcome: 'protocol',
    message: key.startsWith('HPE_') ? `not HTTP: ${key}` : `not an HTTP answer we understand`,
  }
}

const texts: Record<string, string> = {
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be resolved just now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_OVERFLOW: 'the answer has too large headers',
}

const plain = (code: string, message: string) =>
  texts[code] ?? message.replace(/\b[\d.]+:\d+\b|\[[0-9a-f:]+\]:\d+/gi, 'the destination')
