import { ApiError } from '@whook/shared'
import { isLoopbackHost, type Config } from '@whook/runtime/config'
import type { FastifyRequest } from 'fastify'

/**
 * Answers only under our own names: a page on another name that was made to resolve to this machine (DNS rebinding)
 * gets 421 and reads nothing. Hook URLs are not concerned; they show nothing.
 */
export function createHostCheck({ publicUrl }: Pick<Config, 'publicUrl'>) {
  const { hostname } = new URL(publicUrl)
  return async function checkHost({ headers: { host = '' } }: FastifyRequest): Promise<void> {
    const name = host.replace(/:\d+$/, '').toLowerCase()
    if (name !== hostname && !isLoopbackHost(name)) throw new ApiError('host-unknown')
  }
}
