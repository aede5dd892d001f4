import type { ConsoleLine, HeaderPairs } from '@whook/shared'
import { validateCustomHeaders } from '../outbound/forward-headers.js'
import { leavesBase } from '../outbound/url-below.js'
import type { ScriptError } from './messages.js'
import type { Answered } from './sandbox-process.js'

export type ScriptResult = { logs: ConsoleLine[]; durationMs: number } & (
  | {
      kind: 'output'
      /** The bytes to send: the original ones when the script did not change the body. */
      body: Buffer
      bodyChanged: boolean
      /** null: the sender's type. A string result has no known type. */
      contentType: string | null
      headers: HeaderPairs
      /** Query without the question mark; null: the sender's query. */
      query: string | null
      /** null: the sender's method. */
      method: string | null
      /** Path below the URL of the destination; null when the script did not set it. */
      path: string | null
    }
  | { kind: 'filtered' }
  | { kind: 'error'; error: ScriptError }
)

/**
 * Validates the untrusted output of a script's context. `textType` is the content type of a text result; null: the
 * sender's type.
 */
export function toScriptResult(
  { result, logs, durationMs }: Answered,
  originalBody: Buffer,
  textType: string | null = null,
): ScriptResult {
  const run = { logs, durationMs }
  const fail = (message: string): ScriptResult => ({
    ...run,
    kind: 'error',
    error: { kind: 'result', message, line: null, column: null },
  })
  if (result.kind === 'error') return { ...run, kind: 'error', error: result.error }
  const raw = result.kind === 'returned' ? readRaw(result.json) : undefined
  if (!raw) return fail('the script returned a value that cannot be read')
  if (raw.filtered) return { ...run, kind: 'filtered' }

  const isType = ([name]: [string, string]) => name.toLowerCase() === 'content-type'
  const [fault] = validateCustomHeaders(raw.headers, '')
  if (fault?.path === '') return fail(`the headers of output ${fault.message}`)
  if (fault) return fail(`header ${fault.path.slice(1)} of output: ${fault.message}`)
  if (/[^\x21-\x7e]/.test(raw.query ?? '')) return fail('the query of output must be percent-encoded')
  const targetFault = methodProblem(raw.method) ?? pathProblem(raw.path)
  if (targetFault) return fail(targetFault)
  return {
    ...run,
    kind: 'output',
    body: raw.body === undefined ? originalBody : Buffer.from(raw.body, raw.isBinary ? 'latin1' : 'utf8'),
    bodyChanged: raw.body !== undefined,
    contentType: raw.headers.find(isType)?.[1] ?? typeOf(raw, textType),
    headers: raw.headers.filter((pair) => !isType(pair)),
    query: raw.query?.replace(/^\?/, '') ?? null,
    method: raw.method ?? null,
    path: raw.path === undefined || raw.path === '' ? (raw.path ?? null) : raw.path.replace(/^\/?/, '/'),
  }
}

const typeOf = ({ body, isJson, isBinary }: RawOutput, textType: string | null) =>
  isJson ? 'application/json' : body === undefined || isBinary ? null : textType

/** Refuses CONNECT, which opens a tunnel, and TRACE, which must not have a body (RFC 9110 section 9.3). */
function methodProblem(method = 'POST'): string | undefined {
  if (method === 'CONNECT' || method === 'TRACE') return `the method of output must not be ${method}`
  return /^[A-Z][A-Z-]{0,19}$/.test(method)
    ? undefined
    : 'the method of output must be 1 to 20 capital letters, such as PUT'
}

function pathProblem(path = ''): string | undefined {
  if (/[^\x21-\x7e]|[?#]/.test(path)) return 'the path of output must be percent-encoded, without ? and #'
  return leavesBase(path) ? 'the path of output must not have a ".." segment' : undefined
}

interface RawOutput {
  filtered: boolean
  body?: string
  isJson: boolean
  /** Each character of `body` is one byte. */
  isBinary: boolean
  headers: HeaderPairs
  query?: string
  method?: string
  path?: string
}

function readRaw(json: string): RawOutput | undefined {
  try {
    const {
      filtered,
      body,
      isJson,
      isBinary,
      headers = [],
      query,
      method,
      path,
    } = JSON.parse(json) as Record<string, unknown>
    if (!isText(body) || !isText(query) || !isText(method) || !isText(path) || !isPairs(headers))
      return undefined
    return {
      filtered: filtered === true,
      body,
      isJson: isJson === true,
      isBinary: isBinary === true,
      headers,
      query,
      method,
      path,
    }
  } catch {
    // Only after a script replaced JSON or a similar global. The caller reports it.
    return undefined
  }
}

const isText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string'

const isPairs = (value: unknown): value is HeaderPairs =>
  Array.isArray(value) &&
  value.length <= 100 &&
  value.every(
    (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'),
  )
