import { consoleLevels } from '../../src/index.js'
import { limits } from '../../src/limits.js'

/**
 * Runs inside QuickJS before the user's script, and sees only strings. It gives scripts `console` and `output`, and gives
 * the host three functions. A script can break these for itself; the host trusts nothing that comes out.
 */
export const prelude = String.raw`
(log) => {
  'use strict'
  const { stringify, parse } = JSON
  const chosen = new WeakMap()
  let lines = 0
  let settled

  const show = (part) => {
    if (typeof part === 'string') return part
    if (part instanceof Error) return part.name + ': ' + part.message
    try {
      return (typeof part === 'object' && stringify(part)) || String(part)
    } catch {
      return '[' + typeof part + ']'
    }
  }
  globalThis.console = {}
  for (const level of ${JSON.stringify(consoleLevels)}) {
    globalThis.console[level] = (...parts) => {
      if (lines++ < ${limits.consoleLinesMax}) log(level, parts.map(show).join(' ').slice(0, ${limits.consoleLineCharsMax}))
    }
  }
  globalThis.output = (parts) => {
    if (typeof parts !== 'object' || parts === null) throw new TypeError('output takes {body, headers, query, method, path}')
    const mark = {}
    chosen.set(mark, parts)
    return mark
  }

  const bounded = (what, text) => {
    if (text.length > ${limits.scriptIoBytesMax}) throw new RangeError(what + ' is over ${limits.scriptIoBytesMax} characters')
    return text
  }
  const bodyOf = (value) => {
    if (typeof value === 'string') return { body: bounded('the result', value), isJson: false }
    const json = stringify(value)
    if (json === undefined) throw new TypeError('transform returned a ' + typeof value + ', which has no JSON')
    return { body: bounded('the result', json), isJson: true }
  }
  const pairsOf = (entries) =>
    entries.flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [String(name), String(one)]))
  const queryOf = (query) =>
    typeof query === 'string'
      ? query
      : pairsOf(Object.entries(query))
          .map((pair) => pair.map(encodeURIComponent).join('='))
          .join('&')

  const finish = (result) => {
    if (result === null) return '{"filtered":true}'
    if (result === undefined) throw new TypeError('transform returned nothing; return null to filter the request out')
    const parts = typeof result === 'object' ? chosen.get(result) : undefined
    if (parts === undefined) return stringify(bodyOf(result))
    const { body, headers, query, method, path } = parts
    const made = body === undefined ? {} : bodyOf(body)
    if (headers != null) made.headers = Array.isArray(headers) ? pairsOf(headers) : pairsOf(Object.entries(headers))
    if (query != null) made.query = bounded('the query', queryOf(query))
    if (method != null) made.method = String(method)
    if (path != null) made.path = bounded('the path', String(path))
    return stringify(made)
  }

  return {
    start(transform, input) {
      const request = parse(input)
      let data
      try {
        if (request.body !== null) data = parse(request.body)
      } catch {
        // Not JSON: data is undefined, as documented.
      }
      const result = transform(data, request)
      if (typeof result?.then !== 'function') settled = { result }
      else Promise.resolve(result).then((value) => { settled = { result: value } }, (error) => { settled = { error } })
    },
    collect() {
      if (!settled) throw new TypeError('transform returned a promise that never settles; there are no timers and no network')
      if ('error' in settled) throw settled.error
      return finish(settled.result)
    },
    describe(error) {
      const object = typeof error === 'object' && error !== null
      const text = (value) => String(value).slice(0, 1000)
      return stringify({
        name: object ? text(error.name) : '',
        message: text(object ? (error.message ?? show(error)) : error),
        stack: object ? text(error.stack) : '',
      })
    },
  }
}
`
