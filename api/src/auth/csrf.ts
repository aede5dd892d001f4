import { createHmac, timingSafeEqual } from 'node:crypto'
import { ApiError } from '@whook/shared'
import type { FastifyRequest } from 'fastify'

/** Returns the CSRF token of a session: an HMAC of the session id, so it is not stored and only valid there. */
export const csrfToken = (secretKey: string, idHash: Buffer) =>
  createHmac('sha256', secretKey).update('csrf').update(idHash).digest('base64url')

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Checks a call that uses the session cookie. Throws ApiError `csrf-invalid` without a valid token, and
 * `origin-forbidden` when Origin (RFC 6454) or Sec-Fetch-Site (W3C fetch metadata) names another site. A page cannot
 * forge these two headers.
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
