/**
 * Headers that the configured response of a webhook may set. Other headers affect the whole host (cookies, sign-in
 * windows, storage, redirects), contradict the body, or control a proxy in front of Whook.
 */
const allowed = new Set([
  'accept',
  'accept-post',
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'correlation-id',
  'etag',
  'expires',
  'last-modified',
  'pragma',
  'request-id',
  'retry-after',
  'traceparent',
  'tracestate',
  'vary',
  // CloudEvents, HTTP 1.1 Web Hooks for Event Delivery, section 4.2
  'webhook-allowed-origin',
  'webhook-allowed-rate',
])

/**
 * `x-` headers that control proxies and servers: nginx, Caddy (x-accel), Apache, lighttpd (x-sendfile), LiteSpeed,
 * Perlbal, Envoy, IIS. Also the headers that Whook itself sets.
 */
const steering =
  /^x-(?:accel|content-type-options|envoy|forwarded|frame-options|lighttpd|litespeed|middleware|original|proxy|reproxy|rewrite|send-?file|whook)/

/** Returns true when a configured response may set the header. Ignores the case of `name`. */
export function isAnswerHeaderAllowed(name: string): boolean {
  const lower = name.toLowerCase()
  return allowed.has(lower) || (lower.startsWith('x-') && !steering.test(lower))
}
