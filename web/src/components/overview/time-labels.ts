const daySeconds = 86_400

/** Labels of a time axis, in the browser's time zone or UTC: the clock time, or the day at midnight. */
export function timeLabels(utc: boolean) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: utc ? 'UTC' : undefined })
  const clock = format({ hour: '2-digit', minute: '2-digit' })
  const day = format({ day: 'numeric', month: 'short' })
  const moment = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  const date = (seconds: number) => new Date(seconds * 1000)

  return {
    mark(seconds: number, stepSeconds: number): string {
      const time = clock.format(date(seconds))
      return stepSeconds >= daySeconds || time === '00:00' ? day.format(date(seconds)) : time
    },
    moment: (seconds: number) => moment.format(date(seconds)),
  }
}
