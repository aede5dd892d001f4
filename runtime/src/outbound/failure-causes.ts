import type { AttemptOutcome } from '@whook/shared'

export interface FailureCause {
  outcome: Exclude<AttemptOutcome, 'delivered' | 'http-error' | 'redirect' | 'script' | 'crashed'>
  /** The cause and the fix. Never contains an address. */
  message: string
}

const causes = (outcome: FailureCause['outcome'], messages: Record<string, string>) =>
  Object.entries(messages).map(([code, message]): [string, FailureCause] => [code, { outcome, message }])

/** c-ares codes (Node.js documentation, "DNS error codes"). */
export const dnsCauses: ReadonlyMap<string, FailureCause> = new Map(
  causes('dns', {
    ENOTFOUND: 'The host name does not exist. Check the URL',
    ENODATA: 'The host name has no A or AAAA record. Check its DNS zone',
    EBADNAME: 'The host name is not valid. Check the URL',
    ESERVFAIL: "The name server could not resolve the host name. Check the domain's name servers and DNSSEC",
    EREFUSED: 'The name server refused the query. Check the name servers of this machine',
    ETIMEOUT: 'The host name was not resolved in time: no name server answered',
    ECONNREFUSED: 'No name server can be reached. Check the name servers of this machine',
  }),
)
export const dnsUnknown = 'The host name could not be resolved'

/** Codes of Node.js, OpenSSL and undici. */
export const failureCauses: ReadonlyMap<string, FailureCause> = new Map([
  ...causes('connect', {
    ECONNREFUSED: 'Connection refused: nothing listens on this port. Start the receiver, or check the port',
    EHOSTUNREACH: 'No route to the host. Check the firewall and that the host is up',
    ENETUNREACH: 'The network of the host cannot be reached from this machine',
    EADDRNOTAVAIL: 'This machine has no local address or port for the connection',
    EACCES: 'The operating system forbids the connection. Check the firewall of this machine',
    EPERM: 'The operating system forbids the connection. Check the firewall of this machine',
    EMFILE: 'This machine has no free file descriptors. Raise its limit (ulimit -n)',
    ENFILE: 'This machine has no free file descriptors. Raise its limit (fs.file-max)',
    ETIMEDOUT: 'The host did not accept the connection in time. Check the firewall and that the host is up',
    UND_ERR_CONNECT_TIMEOUT:
      'The host did not accept the connection in time. Check the firewall and that the host is up',
  }),
  ...causes('reset', {
    ECONNRESET: 'The receiver reset the connection before it sent a response',
    EPIPE: 'The receiver closed the connection before it had read the request',
    UND_ERR_SOCKET: 'The receiver closed the connection before it sent a complete response head',
  }),
  ...causes('timeout', {
    UND_ERR_HEADERS_TIMEOUT: 'The receiver sent no response in time',
    UND_ERR_BODY_TIMEOUT: 'The receiver did not finish its response in time',
  }),
  ...causes('response-too-large', {
    UND_ERR_HEADERS_OVERFLOW: 'The response headers are larger than 16 KiB',
  }),
  ...causes('tls', {
    DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned(),
    SELF_SIGNED_CERT_IN_CHAIN:
      'The certificate was issued by a private authority. Add its root with NODE_EXTRA_CA_CERTS',
    UNABLE_TO_GET_ISSUER_CERT: incompleteChain(),
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: incompleteChain(),
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: incompleteChain(),
    CERT_HAS_EXPIRED:
      'The certificate has expired. Renew it at the receiver, or check the clock of this machine',
    CERT_NOT_YET_VALID: 'The certificate is not valid yet. Check the clocks of both machines',
    CERT_REVOKED: 'The certificate is revoked. Install a new one at the receiver',
    CERT_UNTRUSTED: 'The certificate is not trusted. Add its root with NODE_EXTRA_CA_CERTS',
    CERT_SIGNATURE_FAILURE:
      'The signature of the certificate is not valid. Install a new one at the receiver',
    INVALID_CA: 'An authority in the certificate chain may not issue certificates. Fix the chain',
    INVALID_PURPOSE: 'The certificate is not a server certificate. Install another one at the receiver',
    HOSTNAME_MISMATCH: wrongHost(),
    ERR_TLS_CERT_ALTNAME_INVALID: wrongHost(),
    ERR_TLS_HANDSHAKE_TIMEOUT: 'The TLS handshake did not end in time',
    ERR_SSL_WRONG_VERSION_NUMBER: 'The port does not support TLS. Use http:// or the TLS port',
    ERR_SSL_PACKET_LENGTH_TOO_LONG: 'The port does not support TLS. Use http:// or the TLS port',
    ERR_SSL_HTTP_REQUEST: 'The port does not support TLS. Use http:// or the TLS port',
    ERR_SSL_UNSUPPORTED_PROTOCOL: oldTls(),
    ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: oldTls(),
    ERR_SSL_NO_PROTOCOLS_AVAILABLE: oldTls(),
    ERR_SSL_DH_KEY_TOO_SMALL: weakKeys(),
    ERR_SSL_EE_KEY_TOO_SMALL: weakKeys(),
    ERR_SSL_CA_MD_TOO_WEAK: weakKeys(),
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      'The receiver requires a client certificate, which Whook does not send',
    ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: handshakeRefused(),
    ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: handshakeRefused(),
    ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'The receiver has no certificate for this host name. Check the URL',
  }),
  ...causes('protocol', {
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH:
      'The Content-Length of the response contradicts its body or its Transfer-Encoding',
    UND_ERR_INVALID_ARG: 'The request has a header or a path that is not valid in HTTP',
  }),
])

function selfSigned() {
  return 'The certificate is self-signed. Install one of a public authority, or add it with NODE_EXTRA_CA_CERTS'
}
function incompleteChain() {
  return (
    'The issuer of the certificate is unknown. Send the intermediate certificates too, or add a private root with ' +
    'NODE_EXTRA_CA_CERTS'
  )
}
function wrongHost() {
  return 'The certificate is for another host name. Check the URL, or the certificate of the receiver'
}
function oldTls() {
  return 'The receiver supports only TLS versions before 1.2. Enable TLS 1.2 or 1.3 there'
}
function weakKeys() {
  return 'The certificate or key of the receiver is too weak. Install a stronger one'
}
function handshakeRefused() {
  return 'The receiver refused the TLS handshake. Check its TLS versions, ciphers and host names'
}
