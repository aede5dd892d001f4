import { pino, type DestinationStream } from 'pino'

export type Logger = ReturnType<typeof createLogger>

/** Logs one wide line per unit of work. Never logs webhook URLs, which are credentials, or parameters of statements. */
export function createLogger(
  name: 'api' | 'worker' | 'launcher',
  level: string,
  destination?: DestinationStream,
) {
  const options = {
    name,
    level,
    base: { name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
    redact: {
      paths: [
        '*.authorization',
        '*.cookie',
        '*["set-cookie"]',
        '*["x-api-key"]',
        '*["x-gitlab-token"]',
        '*.secret',
      ],
      censor: '[redacted]',
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

/**
 * Returns only the safe fields of an error and its causes. PostgreSQL's `detail` and `where` contain rows. The message and
 * stack of drizzle's error contain the statement with all values, so its cause is logged instead.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if ('params' in error && 'query' in error && error.cause) return serializeError(error.cause)
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(serializeError) } : {}),
  }
}
