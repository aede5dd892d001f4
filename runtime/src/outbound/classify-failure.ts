import { dnsCauses, dnsUnknown, failureCauses, type FailureCause } from './failure-causes.js'

interface OutboundError extends Error {
  code?: string
  cause?: { code?: string }
  /** undici: the bytes its parser could not read. */
  data?: string
}

/** From an error on the way to its cause in words, and to its kind for the retry rules. Never names an address. */
export function classifyFailure(error: unknown): FailureCause {
  const { name, message, code = '', cause, data } = error as OutboundError
  if (name === 'AddressRefused') return { outcome: 'policy', message }
  if (name === 'DeadlineError') return { outcome: 'timeout', message }
  if (name === 'NameLookupError')
    return dnsCauses.get(code) ?? { outcome: 'dns', message: `${dnsUnknown} (${code})` }
  const key = code || (cause?.code ?? '')
  if (name === 'HTTPParserError') return { outcome: 'protocol', message: notHttp(message, data) }
  return bySpecialMessage(key, message) ?? failureCauses.get(key) ?? byPrefix(key)
}

/** Errors that share their code with others. */
function bySpecialMessage(code: string, message: string): FailureCause | undefined {
  if (code === 'ECONNRESET' && message.includes('before secure TLS connection'))
    return { outcome: 'tls', message: 'The receiver closed the connection during the TLS handshake' }
  if (code === 'UND_ERR_SOCKET' && message === 'bad upgrade')
    return {
      outcome: 'protocol',
      message: 'The receiver switched protocols, which the request did not ask for',
    }
  return undefined
}

function byPrefix(code: string): FailureCause {
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|EPROTO)/.test(code))
    return { outcome: 'tls', message: `The TLS connection failed (${code})` }
  return { outcome: 'protocol', message: `The request failed${code && ` (${code})`}` }
}

/** undici's parser gives its reason in parentheses, and no code. */
function notHttp(message: string, data: string | undefined): string {
  if (isTlsRecord(data)) return 'The port speaks TLS. Use https://'
  const reason = /\((.*)\)$/.exec(message)?.[1] ?? message
  if (reason.startsWith('Expected HTTP/'))
    return 'The response does not begin with "HTTP/". The port does not speak HTTP/1.1'
  return `The response is not valid HTTP/1.1: ${reason}`
}

/** An alert or handshake record of TLS 1.x (RFC 8446 section 5.1), as text. */
const isTlsRecord = (data = '') => data.startsWith('\x15\x03') || data.startsWith('\x16\x03')
