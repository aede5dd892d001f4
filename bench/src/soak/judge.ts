import { median } from '../rounds.js'

/** A reading: seconds since the start of the load, and the value. */
export type Point = readonly [seconds: number, value: number]

export interface Series {
  name: string
  unit: string
  points: Point[]
  /**
   * Allowed growth: a share of the first value, or `least` where that is more. `atMost` is an absolute limit of the
   * product. Without either the series is printed and not judged.
   */
  allowed?: { share: number; least: number } | { atMost: number }
}

export interface Judged {
  name: string
  unit: string
  /** Medians of the first and the last quarter. */
  first: number
  last: number
  most: number
  slopePerHour: number
  verdict: 'bounded' | 'growing' | 'not judged'
}

/** The rule, as text for the report. */
export const rule =
  'growing: the median of the last quarter exceeds that of the first by more than allowed, and the second half still rises at that rate'

/**
 * A value that rises and then stays is bounded: a heap that warms up, or a backlog that reaches its level. A leak
 * rises in the second half as in the first, so this function checks both.
 */
export function judge({ name, unit, points, allowed }: Series): Judged {
  const values = points.map(([, value]) => value)
  const quarter = Math.max(1, Math.floor(points.length / 4))
  const [first, last] = [median(values.slice(0, quarter)), median(values.slice(-quarter))]
  const most = Math.max(...values)
  const row = { name, unit, first, last, most, slopePerHour: slope(points) * 3600 }
  if (!allowed) return { ...row, verdict: 'not judged' }
  if ('atMost' in allowed) return { ...row, verdict: most > allowed.atMost ? 'growing' : 'bounded' }
  const room = Math.max(allowed.least, first * allowed.share)
  const growing = last - first > room && riseOf(points.slice(points.length >> 1)) > room / 2
  return { ...row, verdict: growing ? 'growing' : 'bounded' }
}

function riseOf(points: readonly Point[]): number {
  const [start, end] = [points[0]!, points.at(-1)!]
  return slope(points) * (end[0] - start[0])
}

/**
 * Returns the slope per second: the median of the slopes between all pairs (Theil-Sen), robust against single peaks.
 */
function slope(points: readonly Point[]): number {
  const slopes = points.flatMap(([at, value], index) =>
    points
      .slice(index + 1)
      .filter(([later]) => later > at)
      .map(([later, then]) => (then - value) / (later - at)),
  )
  return slopes.length === 0 ? 0 : median(slopes)
}
