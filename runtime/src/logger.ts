import { pino, type DestinationStream } from 'pino'

export type Logger = ReturnType<typeof createLogger>

/** One wide line per unit of work. A hook URL is a credential: none is ever logged, nor what a statement was given. */
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
    serializers: { err: tellError },
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
 * An error with its causes, and nothing else it carries: PostgreSQL's `detail` and `where` repeat rows, and drizzle's own
 * error repeats the statement with all its values in message and stack. Its cause says what went wrong.
 */
function tellError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if ('params' in error && 'query' in error && error.cause) return tellError(error.cause)
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: tellError(error.cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(tellError) } : {}),
  }
}
