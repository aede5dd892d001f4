import { ApiError } from '@whook/shared'
import { isLoopbackHost, type Config } from '@whook/runtime/config'
import type { FastifyRequest } from 'fastify'

/**
 * Answers 421 unless the Host header is the public host name or a loopback name. This stops DNS rebinding: a page on a
 * foreign name that resolves to this machine cannot read anything. Hook URLs skip the check: they return no user data.
 */
export function createHostCheck({ publicUrl }: Pick<Config, 'publicUrl'>) {
  const { hostname } = new URL(publicUrl)
  return async function checkHost({ headers: { host = '' } }: FastifyRequest): Promise<void> {
    const name = host.replace(/:\d+$/, '').toLowerCase()
    if (name !== hostname && !isLoopbackHost(name)) throw new ApiError('host-unknown')
  }
}
