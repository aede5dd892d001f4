import type { Sql } from '@whook/drizzle'
import { listNewest } from '@whook/drizzle/queries/request/list-newest'
import { loadRequests } from '@whook/drizzle/queries/request/load-requests'
import { ApiError, limits, type TestFilterBody, type TestFilterResult } from '@whook/shared'
import { createBreather } from '@whook/runtime/breather'
import { compileFilter } from '@whook/runtime/filter/compile-filter'
import { createFilterInput } from '@whook/runtime/filter/filter-input'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { createFairGate } from '../fair-gate.js'

const lastDefault = 50
/** Maximum bytes of bodies in memory, unless a single body is larger. */
const pieceBytes = 4 * 1024 * 1024

/** Runs a filter on a webhook's newest requests, newest first, in pieces of bounded size. */
export function createTryFilter(sql: Sql) {
  const { run: limited } = createFairGate({ name: 'filter tests', perUser: limits.filterTestsAtOnceMax })
  const breathe = createBreather()

  async function tryFilter(webhookId: string, { filter, last = lastDefault }: TestFilterBody) {
    const compiled = await breathe(() => compileFilter(filter, '/filter'))
    if (!compiled.ok) throw new ApiError('validation', { errors: compiled.errors })
    const newest = await listNewest(sql, { webhookId, limit: last })
    const results: TestFilterResult['results'] = []
    for (const ids of pieces(newest)) {
      const rows = new Map((await loadRequests(sql, ids, limits.bodyBytesMax)).map((row) => [row.id, row]))
      for (const id of ids) {
        const row = rows.get(id)
        // The request was deleted after it was listed.
        if (!row?.body) continue
        const input = createFilterInput({ ...row, headers: unpackHeaders(row.headers), body: row.body })
        await compiled.prepare(input)
        const verdict = await breathe(() => compiled.test(input))
        results.push({
          requestId: id,
          passed: verdict.passed,
          failure: verdict.passed ? null : verdict.failure,
        })
      }
    }
    return { tested: results.length, passed: results.filter(({ passed }) => passed).length, results }
  }

  return (userId: string, webhookId: string, body: TestFilterBody): Promise<TestFilterResult> =>
    limited(userId, () => tryFilter(webhookId, body))
}

function* pieces(requests: Iterable<{ id: string; size: number }>): Generator<string[]> {
  let [ids, bytes, total]: [string[], number, number] = [[], 0, 0]
  for (const { id, size } of requests) {
    total += size
    if (total > limits.filterTestBytesMax) break
    if (ids.length > 0 && bytes + size > pieceBytes) {
      yield ids
      ;[ids, bytes] = [[], 0]
    }
    ids.push(id)
    bytes += size
  }
  if (ids.length > 0) yield ids
}
