const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })
const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** Returns "4m ago", or "now" within 10 seconds, so that a list does not flicker. */
export function relativeTime(at: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(at) - nowMs) / 1000)
  if (Math.abs(seconds) < 10) return 'now'
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return relative.format(Math.trunc(seconds / size), unit)
}

const format = (utc: boolean) =>
  new Intl.DateTimeFormat('en', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: utc ? 'UTC' : undefined,
  })
const [local, universal] = [format(false), format(true)]

export const absoluteTime = (at: string, utc: boolean) =>
  utc ? `${universal.format(new Date(at))} UTC` : local.format(new Date(at))

/** Returns the time until `at`, such as "4 m 12 s", or "now" when it has passed. */
export function countdown(at: string, nowMs: number): string {
  const seconds = Math.ceil((Date.parse(at) - nowMs) / 1000)
  if (seconds <= 0) return 'now'
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  return parts
    .slice(first, first + 2)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} KB`
  return `${(size / 1024 / 1024).toFixed(1)} MB`
}

/** Formats a duration in seconds with its two largest units: "1 d 4 h", "5 m", "30 s". */
export function duration(seconds: number): string {
  return countdown(new Date(seconds * 1000).toISOString(), 0)
    .replace('now', '0 s')
    .replace(/ 0 [hms]$/, '')
}
