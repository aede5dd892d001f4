import type { FastifyRequest } from 'fastify'

const anyCase = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Converts the ids of a URL to lower case. Both cases are valid (RFC 9562 section 4), but cached and published ids are
 * lower case and compared exactly.
 */
export async function lowerIds({ params }: FastifyRequest): Promise<void> {
  const named = params as Record<string, string>
  for (const [name, value] of Object.entries(named))
    if (anyCase.test(value)) named[name] = value.toLowerCase()
}
