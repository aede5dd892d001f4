/**
 * Returns "12 of 240 match", "100+ of 240 match" while older rows are not fetched, or "240 requests" without a filter. A
 * search is read page by page, so its total is unknown until the last page.
 */
export function listCount(counts: { all: number; matching: number | undefined; hasMore: boolean }): string {
  const all = counts.all.toLocaleString('en')
  if (counts.matching === undefined) return `${all} ${counts.all === 1 ? 'request' : 'requests'}`
  return `${counts.matching.toLocaleString('en')}${counts.hasMore ? '+' : ''} of ${all} match`
}
