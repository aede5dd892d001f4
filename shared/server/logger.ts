import { pino } from 'pino'

export type Logger = ReturnType<typeof createLogger>

/** One wide line per unit of work. A hook URL is a credential: only its last four characters are ever logged. */
export function createLogger(name: 'api' | 'worker' | 'launcher', level: string) {
  return pino({
    name,
    level,
    base: { name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
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
  })
}

export const maskSlug = (slug: string) => `wh_...${slug.slice(-4)}`
