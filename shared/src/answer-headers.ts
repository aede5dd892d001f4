/**
 * Headers that the configured answer of a webhook may have. Others act on the whole host (cookies, sign-in windows,
 * storage, redirects), contradict the bytes, or steer a proxy in front of Whook.
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
 * `x-` headers that proxies and servers act on: nginx, Caddy (x-accel), Apache, lighttpd (x-sendfile), LiteSpeed,
 * Perlbal, Envoy, IIS; and those that Whook itself sets.
 */
const steering =
  /^x-(?:accel|content-type-options|envoy|forwarded|frame-options|lighttpd|litespeed|middleware|original|proxy|reproxy|rewrite|send-?file|whook)/

/** True when a configured answer may set the header; `name` in any case. */
export function isAnswerHeaderAllowed(name: string): boolean {
  const lower = name.toLowerCase()
  return allowed.has(lower) || (lower.startsWith('x-') && !steering.test(lower))
}
