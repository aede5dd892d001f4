import { consoleLevels } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { exactness } from './exactness.js'

/** The parts of a request that a script may change with output(). */
const outputKeys = ['body', 'headers', 'query', 'method', 'path']

/**
 * Runs inside QuickJS before the user's script, and receives only strings. Defines `console` and `output` for scripts, and
 * returns three functions for the host. A script can break them, so the host does not trust their results.
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
    if (typeof parts !== 'object' || parts === null) throw new TypeError('output needs an object with {${outputKeys.join(', ')}}')
    for (const key of Object.keys(parts)) {
      if (!${JSON.stringify(outputKeys)}.includes(key))
        throw new TypeError('output has no key ' + key.slice(0, 100) + '; use ${outputKeys.join(', ')}')
    }
    const mark = {}
    chosen.set(mark, parts)
    return mark
  }

  const exact = (${exactness})(stringify, log)
  // Dates are in UTC here, and QuickJS ignores the requested time zone.
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
    const original = Date.prototype[name]
    Date.prototype[name] = function (locales, options) {
      const zone = options?.timeZone
      if (zone !== undefined && !/^(utc|gmt|etc\/utc)$/i.test(zone))
        throw new RangeError('timeZone ' + String(zone).slice(0, 100) + ' is not supported: dates in scripts are in UTC')
      return original.call(this)
    }
  }

  const bounded = (what, text) => {
    if (text.length > ${limits.scriptIoBytesMax}) throw new RangeError(what + ' is longer than ${limits.scriptIoBytesMax} characters or bytes')
    return text
  }
  // Text, bytes as Latin-1, or JSON.
  const bodyOf = (value) => {
    if (typeof value === 'string') return { body: bounded('the result', value), isJson: false }
    if (value instanceof ArrayBuffer) return binary(new Uint8Array(value))
    if (ArrayBuffer.isView(value)) return binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    refuse()
    const json = exact.stringify(value)
    if (json === undefined) throw new TypeError('transform returned a ' + typeof value + ', which cannot be converted to JSON')
    return { body: bounded('the result', json), isJson: true }
  }
  const binary = (bytes) => {
    if (bytes.length > ${limits.scriptIoBytesMax}) bounded('the result', bytes)
    let body = ''
    for (let at = 0; at < bytes.length; at += 8192) body += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192))
    return { body, isJson: false, isBinary: true }
  }
  // JSON.stringify writes most of these as {} and loses their content.
  const refuse = () => {
    const help = [
      [Map, 'Object.fromEntries(map)'],
      [Set, 'an array, [...set]'],
      [ArrayBuffer, 'bytes as the whole body, or a string'],
      [Object.getPrototypeOf(Uint8Array), 'bytes as the whole body, or an array'],
      [DataView, 'bytes as the whole body'],
      [BigInt, 'String(value) or Number(value)'],
      [Promise, 'await'],
    ]
    for (const [type, instead] of help) {
      if ('toJSON' in type.prototype) continue
      Object.defineProperty(type.prototype, 'toJSON', {
        value(key) {
          const where = key === '' ? 'the result' : 'the member ' + String(key).slice(0, 100) + ' of the result'
          throw new TypeError(where + ' is of type ' + type.name + ', which cannot be converted to JSON; use ' + instead)
        },
      })
    }
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
    if (result === undefined) throw new TypeError('transform returned nothing; return null to filter the request')
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
    start(transform, input, json, numbers, mark) {
      const request = parse(input)
      let data
      try {
        if (json !== null) data = parse(json)
      } catch {
        // Not JSON: data is undefined, as documented.
      }
      if (numbers !== null) exact.remember(data, parse(numbers), mark)
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
