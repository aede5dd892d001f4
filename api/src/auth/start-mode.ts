import { ConfigError, isLoopbackHost, type Config } from '@whook/runtime/config'

/**
 * Who may sign in, decided before anything listens. Without an identity provider there is one local owner, and that is
 * only safe where nobody else can reach: both the bind address and PUBLIC_URL must be loopback. Throws ConfigError.
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
    'so people must sign in: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET (and OIDC_ISSUER for another provider)',
    'or, for yourself alone, set APP_HOST=127.0.0.1 and PUBLIC_URL=http://localhost:5000',
  ])
}
