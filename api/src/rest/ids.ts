import type { FastifyRequest } from 'fastify'

const anyCase = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Ids of an address are read in either case (RFC 9562 section 4) and go on in lower case, as they were given out: what
 * caches keep and messages tell is compared letter by letter.
 */
export async function lowerIds({ params }: FastifyRequest): Promise<void> {
  const named = params as Record<string, string>
  for (const [name, value] of Object.entries(named))
    if (anyCase.test(value)) named[name] = value.toLowerCase()
}
