import { ConfigError, isLoopbackHost, type Config } from '@whook/runtime/config'

/**
 * Throws ConfigError if local mode is reachable from other machines. Local mode has one owner without an identity
 * provider, so the bind address and PUBLIC_URL must both be loopback. Runs before the server listens.
 */
export function checkStartMode({ mode, host, publicUrl }: Pick<Config, 'mode' | 'host' | 'publicUrl'>): void {
  if (mode === 'server') return
  const publicHost = new URL(publicUrl).hostname
  const open = [
    isLoopbackHost(host) ? undefined : `APP_HOST=${host} can be reached from other machines`,
    isLoopbackHost(publicHost) ? undefined : `PUBLIC_URL=${publicUrl} is not this machine`,
  ].filter((reason) => reason !== undefined)
  if (open.length === 0) return
  throw new ConfigError([
    ...open,
    'so an identity provider is required: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET (and OIDC_ISSUER for another provider)',
    'or, for use on this machine only, set APP_HOST=127.0.0.1 and PUBLIC_URL=http://localhost:5000',
  ])
}
