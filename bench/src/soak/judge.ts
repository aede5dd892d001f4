import { median } from '../rounds.js'

/** Seconds since the load began, and what was read then. */
export type Point = readonly [seconds: number, value: number]

export interface Series {
  name: string
  unit: string
  points: Point[]
  /**
   * How much more may be there at the end: a share of the beginning, or `least` where that is more. `atMost` instead is
   * a limit that the product sets itself. Without either it is printed, and not judged.
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

/** The rule, in words for the report. */
export const rule =
  'growing: the median of the last quarter is over that of the first by more than is allowed, and the second half goes on rising at that pace'

/**
 * What fills up and then stays is bounded: a heap that warms up, a backlog that finds its level. What leaks rises in the
 * second half as it did in the first, so both are looked at.
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

/** Per second, as the median of the slopes between all pairs (Theil and Sen): single peaks do not bend it. */
function slope(points: readonly Point[]): number {
  const slopes = points.flatMap(([at, value], index) =>
    points
      .slice(index + 1)
      .filter(([later]) => later > at)
      .map(([later, then]) => (then - value) / (later - at)),
  )
  return slopes.length === 0 ? 0 : median(slopes)
}
