import { createHmac, timingSafeEqual } from 'node:crypto'
import { ApiError } from '@whook/shared'
import type { FastifyRequest } from 'fastify'

/** Bound to the session by a key only we have: nothing to store, and another session's token is worth nothing. */
export const csrfToken = (secretKey: string, idHash: Buffer) =>
  createHmac('sha256', secretKey).update('csrf').update(idHash).digest('base64url')

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * For calls made with the cookie: the token must be sent back, and the browser, where it tells, must say that the page
 * is ours. Fetch metadata (W3C) and Origin (RFC 6454) cannot be forged by a page.
 */
export function checkCsrf(
  request: FastifyRequest,
  { publicUrl, expected }: { publicUrl: string; expected: readonly string[] },
): void {
  if (safeMethods.has(request.method)) return
  const { origin, 'sec-fetch-site': site, 'x-csrf-token': token } = request.headers
  if (origin !== undefined && origin !== new URL(publicUrl).origin) throw new ApiError('origin-forbidden')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ApiError('origin-forbidden')
  if (typeof token !== 'string' || !expected.some((one) => same(token, one)))
    throw new ApiError('csrf-invalid')
}

const same = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
