import { ann, startIdentityProvider } from '@whook/testing/identity-provider'
import { startDeployment } from '@whook/testing/product/start-deployment'
import { startPostgres } from '@whook/testing/product/start-postgres'
import { startRedis } from '@whook/testing/product/start-redis'

/**
 * Starts the processes of docker-compose.yml with their own PostgreSQL and Redis: two api and two worker processes, and
 * sign-in with an OpenID provider. Returns undefined if redis-server is not on the PATH.
 */
export async function startDeployed() {
  const redis = await startRedis({ appendfsync: 'always' })
  if (!redis) return undefined
  const stops = [redis.stop]
  const stop = async () => {
    for (const one of stops.reverse()) await one()
  }
  try {
    const postgres = await startPostgres()
    stops.push(postgres.stop)
    const provider = await startIdentityProvider()
    stops.push(provider.stop)
    const deployment = await startDeployment({
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      processes: 2,
      env: {
        ...provider.env,
        ALLOWED_EMAILS: ann.email,
        // The destinations of the tests listen here.
        ALLOW_PRIVATE_CIDRS: '127.0.0.1/32',
      },
    })
    stops.push(deployment.stop)
    return { url: deployment.url, ports: deployment.ports, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
