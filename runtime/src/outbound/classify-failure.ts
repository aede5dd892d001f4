import { dnsCauses, dnsUnknown, failureCauses, type FailureCause } from './failure-causes.js'

interface OutboundError extends Error {
  code?: string
  cause?: { code?: string }
  /** Set by undici: the bytes that its parser could not read. */
  data?: string
}

/** Returns the outcome of a failed call and its cause as a sentence. The sentence never contains an address. */
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
      message: 'The receiver switched protocols without a request to upgrade',
    }
  return undefined
}

function byPrefix(code: string): FailureCause {
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|EPROTO)/.test(code))
    return { outcome: 'tls', message: `The TLS connection failed (${code})` }
  return { outcome: 'protocol', message: `The request failed${code && ` (${code})`}` }
}

/** The error of undici's parser has its reason in parentheses and no code. */
function notHttp(message: string, data: string | undefined): string {
  if (isTlsRecord(data)) return 'The port expects TLS. Use https://'
  const reason = /\((.*)\)$/.exec(message)?.[1] ?? message
  if (reason.startsWith('Expected HTTP/'))
    return 'The response does not begin with "HTTP/". The port does not support HTTP/1.1'
  return `The response is not valid HTTP/1.1: ${reason}`
}

/** True for an alert or handshake record of TLS 1.x (RFC 8446 section 5.1), as text. */
const isTlsRecord = (data = '') => data.startsWith('\x15\x03') || data.startsWith('\x16\x03')
