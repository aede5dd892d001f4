import { expect, onTestFinished, vi } from 'vitest'
import type { Body, Method, PathOf, PathParameters, Result } from '../api/typed-call.js'

interface Call<M extends Method, P extends PathOf<M>> {
  path: PathParameters<M, P>
  query: Record<string, string>
  body: Body<M, P>
}
interface Operation {
  method: string
  template: string
  pattern: RegExp
  answer: (call: { path: object; query: object; body: unknown }) => unknown
}
class Refusal {
  constructor(readonly status: number) {}
}

/**
 * Replaces `fetch` by an API in memory until the test ends. The schema of the client types it: an operation that does not
 * exist and an answer of another shape do not compile. The test fails on a call that has no answer.
 */
export function stubApi() {
  let operations: Operation[] = []
  const calls: { method: string; path: string; query: Record<string, string>; body: unknown }[] = []
  const unanswered: string[] = []

  function add(method: Method, template: string, answer: Operation['answer']) {
    const pattern = new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    operations = [{ method, template, pattern, answer }, ...operations]
  }

  vi.stubGlobal('fetch', async (target: string, init: RequestInit) => {
    const url = new URL(target, 'http://whook')
    const method = (init.method ?? 'GET').toLowerCase()
    const query = Object.fromEntries(url.searchParams)
    const body = init.body === undefined ? undefined : (JSON.parse(String(init.body)) as unknown)
    calls.push({ method, path: url.pathname, query, body })
    const found = operations.find((one) => one.method === method && one.pattern.test(url.pathname))
    if (!found) {
      unanswered.push(`${method} ${url.pathname}`)
      return problem(501)
    }
    const path = found.pattern.exec(url.pathname)!.groups ?? {}
    const result = await found.answer({ path, query, body })
    if (result instanceof Refusal) return problem(result.status)
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result)
  })
  onTestFinished(() => {
    vi.unstubAllGlobals()
    expect(unanswered).toEqual([])
  })

  return {
    calls,
    /** Answers an operation. A later answer replaces an earlier one. */
    on<M extends Method, P extends PathOf<M>>(
      method: M,
      template: P,
      answer: (call: Call<M, P>) => Result<M, P> | Promise<Result<M, P>>,
    ) {
      add(method, template, answer as Operation['answer'])
    },
    /** Refuses an operation with a problem of this status. */
    refuse<M extends Method, P extends PathOf<M>>(method: M, template: P, status = 500) {
      add(method, template, () => new Refusal(status))
    },
    /** Delays the answers of an operation. Returns a function that releases them. */
    hold<M extends Method, P extends PathOf<M>>(method: M, template: P) {
      let release = () => {}
      const released = new Promise<void>((resolve) => (release = resolve))
      const held = operations.find((one) => one.method === method && one.template === template)!
      add(method, template, async (call) => {
        await released
        return held.answer(call)
      })
      return release
    },
  }
}

export type InMemoryApi = ReturnType<typeof stubApi>

const problem = (status: number) =>
  Response.json(
    { type: 'about:blank', title: 'Refused', status, code: 'refused', detail: `Refused with ${status}` },
    { status, headers: { 'content-type': 'application/problem+json' } },
  )
