import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import Type, { type Static, type TObject } from 'typebox'
import { Value } from 'typebox/value'
import { limits, quotaDefaults } from '@whook/shared/limits'

const secretKeyCharsMin = 32
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const beginsWithHttp = 'must begin with https://, or http:// on this machine'

/**
 * All environment variables of Whook. `.env.example` is tested against this list. An empty variable counts as unset.
 * `description` is the error message for an invalid value.
 */
export const Env = Type.Object({
  APP_HOST: Type.String({ default: '127.0.0.1' }),
  APP_PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 5000 }),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#]+/?$',
      description: 'must be scheme, host and port, such as https://hooks.example.com, with no path',
    }),
  ),
  DATA_DIR: Type.String({ default: './data' }),
  DATABASE_URL: Type.Optional(
    Type.String({ pattern: '^postgres(ql)?://', description: 'must begin with postgres://' }),
  ),
  DB_POOL_SIZE: Type.Integer({ minimum: 2, maximum: 500, default: 20 }),
  REDIS_URL: Type.Optional(
    Type.String({ pattern: '^rediss?://', description: 'must begin with redis:// or rediss://' }),
  ),
  SECRET_KEY: Type.Optional(Type.String({ minLength: secretKeyCharsMin })),
  /** Earlier SECRET_KEYs, separated by commas: they only decrypt. */
  SECRET_KEYS_OLD: Type.Optional(Type.String()),
  GOOGLE_CLIENT_ID: Type.Optional(Type.String()),
  GOOGLE_CLIENT_SECRET: Type.Optional(Type.String()),
  REDIRECT_URI: Type.Optional(Type.String({ pattern: '^https?://', description: beginsWithHttp })),
  OIDC_ISSUER: Type.String({
    pattern: '^https?://',
    default: 'https://accounts.google.com',
    description: beginsWithHttp,
  }),
  ALLOWED_EMAILS: Type.Optional(Type.String()),
  ALLOWED_DOMAINS: Type.Optional(Type.String()),
  WHOOK_API_KEY: Type.Optional(Type.String({ minLength: 32 })),
  WEBHOOK_RETENTION_DAYS: Type.Integer({ minimum: 1, maximum: 3650, default: 30 }),
  BODY_LIMIT_BYTES: Type.Integer({
    minimum: 1,
    maximum: limits.bodyBytesMax,
    default: limits.bodyBytesDefault,
  }),
  ACCEPT: Type.Optional(
    Type.Union([Type.Literal('queue'), Type.Literal('database')], {
      description: 'must be queue or database',
    }),
  ),
  ALLOW_PRIVATE_CIDRS: Type.Optional(Type.String()),
  TRUST_PROXY: Type.Optional(Type.String()),
  MAX_CONNECTIONS: Type.Integer({ minimum: 10, maximum: 1_000_000, default: 10_000 }),
  /** Quotas are limits of one user. 0: no limit. The first two default to 0 in local mode. */
  QUOTA_STORED_BYTES: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  QUOTA_REQUESTS_PER_DAY: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  QUOTA_SCRIPT_VERSION_BYTES: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: quotaDefaults.scriptVersionBytes,
  }),
  QUOTA_RUNNING_REPLAYS: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: quotaDefaults.runningReplays,
  }),
  QUOTA_RUNNING_SEARCHES: Type.Integer({ minimum: 0, maximum: 500, default: quotaDefaults.runningSearches }),
  LOG_LEVEL: Type.Union(
    logLevels.map((level) => Type.Literal(level)),
    { default: 'info', description: `must be one of ${logLevels.join(', ')}` },
  ),
  DEBUG: Type.Boolean({ default: false, description: 'must be true or false' }),
  WORKER_CONCURRENCY: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  /** Unset: the worker does not serve metrics. */
  WORKER_METRICS_PORT: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
  /** 0: the watchdog is off. */
  HANG_SECONDS: Type.Integer({ minimum: 0, maximum: 3600, default: 30 }),
  NODE_ENV: Type.Optional(Type.String()),
})
export type Env = Static<typeof Env>

/** Lists all invalid variables. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/** Returns the typed variables with their defaults. Throws ConfigError. */
export function loadEnv<S extends TObject>(schema: S, env: Record<string, string | undefined>): Static<S> {
  const known = Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => {
      const value = env[name]?.trim()
      return value ? [[name, value]] : []
    }),
  )
  const value = Value.Convert(schema, Value.Default(schema, known))
  const problems = [...Value.Errors(schema, value)].map((error) => {
    const name = error.instancePath.slice(1)
    const { description } = schema.properties[name] as { description?: string }
    return `${name} ${description ?? error.message}`
  })
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])
  return value as Static<S>
}

const list = (value: string | undefined) =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export const isLoopbackHost = (host: string) =>
  loopbackHosts.has(host) || host.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(host)

export type Config = ReturnType<typeof loadConfig>

/**
 * Returns the typed config of both processes. Throws ConfigError. All code after main() reads this, never process.env.
 * In embedded mode the launcher sets DATABASE_URL and SECRET_KEY before the processes start.
 */
export function loadConfig(env: Record<string, string | undefined>) {
  const vars = loadEnv(Env, env)
  const publicUrl = vars.PUBLIC_URL?.replace(/\/$/, '') ?? `http://localhost:${vars.APP_PORT}`
  const hasCredentials = Boolean(vars.GOOGLE_CLIENT_ID && vars.GOOGLE_CLIENT_SECRET)
  const problems: string[] = []
  if (Boolean(vars.GOOGLE_CLIENT_ID) !== Boolean(vars.GOOGLE_CLIENT_SECRET)) {
    problems.push('GOOGLE_CLIENT_ID or GOOGLE_CLIENT_SECRET is missing; set both')
  }
  if (!vars.DATABASE_URL)
    problems.push('DATABASE_URL is missing (npm start sets it to the embedded PostgreSQL)')
  if (!vars.SECRET_KEY) problems.push('SECRET_KEY is missing; create one with: openssl rand -base64 32')
  if (list(vars.SECRET_KEYS_OLD).some((key) => key.length < secretKeyCharsMin)) {
    problems.push('SECRET_KEYS_OLD has a key of fewer than 32 characters; separate keys with commas')
  }
  const allowPrivateCidrs = list(vars.ALLOW_PRIVATE_CIDRS)
  const trustProxy = list(vars.TRUST_PROXY).flatMap((name) => namedNetworks[name] ?? name)
  for (const name of allowPrivateCidrs.filter((text) => !ipaddr.isValidCIDR(text)))
    problems.push(`ALLOW_PRIVATE_CIDRS: ${name} is not a CIDR range (example: 10.0.0.0/8)`)
  for (const name of trustProxy.filter((text) => !isProxy(text)))
    problems.push(`TRUST_PROXY: ${name} is not an IP address or a CIDR range (example: 10.0.0.0/8)`)
  if (vars.WORKER_METRICS_PORT && vars.WORKER_METRICS_PORT === vars.APP_PORT)
    problems.push('WORKER_METRICS_PORT and APP_PORT must differ')
  const redirectUri = vars.REDIRECT_URI ?? `${publicUrl}/auth/callback`
  problems.push(...oidcProblems({ issuer: vars.OIDC_ISSUER, redirectUri, publicUrl }))
  if (problems.length > 0) throw new ConfigError(problems)

  return {
    mode: hasCredentials ? ('server' as const) : ('local' as const),
    host: vars.APP_HOST,
    port: vars.APP_PORT,
    publicUrl,
    secureCookies: publicUrl.startsWith('https:'),
    dataDir: vars.DATA_DIR,
    databaseUrl: vars.DATABASE_URL!,
    poolSize: vars.DB_POOL_SIZE,
    redisUrl: vars.REDIS_URL,
    secretKey: vars.SECRET_KEY!,
    oldSecretKeys: list(vars.SECRET_KEYS_OLD),
    oidc: {
      issuer: vars.OIDC_ISSUER.replace(/\/$/, ''),
      clientId: vars.GOOGLE_CLIENT_ID ?? '',
      clientSecret: vars.GOOGLE_CLIENT_SECRET ?? '',
      redirectUri,
    },
    allowedEmails: list(vars.ALLOWED_EMAILS).map((email) => email.toLowerCase()),
    allowedDomains: list(vars.ALLOWED_DOMAINS).map((domain) => domain.toLowerCase()),
    bootstrapApiKey: vars.WHOOK_API_KEY,
    retentionDays: vars.WEBHOOK_RETENTION_DAYS,
    bodyLimitBytes: vars.BODY_LIMIT_BYTES,
    accept: vars.ACCEPT ?? (vars.REDIS_URL ? ('queue' as const) : ('database' as const)),
    allowPrivateCidrs,
    trustProxy,
    connectionsMax: vars.MAX_CONNECTIONS,
    quotas: readQuotas(vars, hasCredentials),
    logLevel: vars.DEBUG ? ('debug' as const) : vars.LOG_LEVEL,
    workerConcurrency: vars.WORKER_CONCURRENCY,
    workerMetricsPort: vars.WORKER_METRICS_PORT,
    hangSeconds: vars.HANG_SECONDS,
  }
}

export type Quotas = ReturnType<typeof readQuotas>

/** Returns the quotas of one user; Infinity where a quota is off. In local mode the only user owns the machine. */
function readQuotas(vars: Env, isShared: boolean) {
  const orOff = (max: number) => (max === 0 ? Infinity : max)
  return {
    storedBytes: orOff(vars.QUOTA_STORED_BYTES ?? (isShared ? quotaDefaults.storedBytes : 0)),
    requestsPerDay: orOff(vars.QUOTA_REQUESTS_PER_DAY ?? (isShared ? quotaDefaults.requestsPerDay : 0)),
    scriptVersionBytes: orOff(vars.QUOTA_SCRIPT_VERSION_BYTES),
    runningReplays: orOff(vars.QUOTA_RUNNING_REPLAYS),
    runningSearches: orOff(vars.QUOTA_RUNNING_SEARCHES),
  }
}

/** The network names of Express and Fastify, as CIDR ranges for the rest of the api. */
const namedNetworks: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** True for an address or a network smaller than /0, in a notation that node:net accepts: not `127.1`, no zone. */
function isProxy(text: string): boolean {
  const [address, prefix] = text.split('/') as [string, string?]
  if (isIP(address) === 0 || address.includes('%')) return false
  return prefix === undefined || (ipaddr.isValidCIDR(text) && Number(prefix) > 0)
}

/** The provider is trusted only over TLS, and users must return to the host that has their cookies. */
function oidcProblems({
  issuer,
  redirectUri,
  publicUrl,
}: Record<'issuer' | 'redirectUri' | 'publicUrl', string>) {
  const problems: string[] = []
  if (!URL.canParse(issuer)) return ['OIDC_ISSUER is not a URL']
  if (!URL.canParse(redirectUri)) return ['REDIRECT_URI is not a URL']
  const [provider, back] = [new URL(issuer), new URL(redirectUri)]
  if (provider.protocol === 'http:' && !isLoopbackHost(provider.hostname))
    problems.push('OIDC_ISSUER must begin with https:// (http:// is for a provider on this machine)')
  if (back.hostname !== new URL(publicUrl).hostname)
    problems.push('REDIRECT_URI must be on the host of PUBLIC_URL')
  if (!/^\/auth\/[\w/-]+$/.test(back.pathname) || back.search || back.hash)
    problems.push('REDIRECT_URI must be a path below /auth/, such as PUBLIC_URL/auth/callback')
  return problems
}
