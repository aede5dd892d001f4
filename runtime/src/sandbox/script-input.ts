import type { HeaderPairs, VerificationOutcome } from '@whook/shared'
import { createBodyReader, type BodyReader } from '../content/body-reader.js'
import { grouped } from '../content/form-fields.js'
import { pathNode } from '../content/json-paths.js'
import { scanJson } from '../content/scan-json.js'
import { displayHeaderValue } from '../raw-headers.js'

/** The parts of a request that a script can read. */
export interface ScriptRequest {
  id: string
  method: string
  path: string
  /** Query string as sent, without the question mark. */
  query: string
  verification: VerificationOutcome
  headers: HeaderPairs
  body: Buffer
}

export interface ScriptInput {
  /** `request`, as JSON. */
  input: string
  /** The JSON text of `data`. */
  data: string | null
  /** Size of the decoded body in bytes. */
  size: number
  /** Content type for a text result when the sender's type has another charset than UTF-8; else null. */
  textType: string | null
}

/**
 * Returns the `request` for scripts. `headers` and `query` are by name: header names in lower case with repeats joined as
 * in HTTP, repeats in the query as a list. `rawHeaders` and `rawQuery` are as sent. `body` is text, decompressed and
 * decoded from its charset. For other bytes `body` is null and `bodyBase64` is set.
 */
export function scriptInput(request: ScriptRequest): ScriptInput {
  const { id, method, path, query, verification, headers, body } = request
  const rawHeaders = headers.map(([name, value]): [string, string] => [name, displayHeaderValue(value)])
  const first = (name: string) => headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? ''
  const content = { body, contentType: first('content-type'), contentEncoding: first('content-encoding') }
  const reader = createBodyReader(() => content)
  const { text, bytes, from } = reader.decode()
  const input = JSON.stringify({
    id,
    method,
    path,
    verification,
    query: byName([...new URLSearchParams(query)], (values) => (values.length > 1 ? values : values[0])),
    rawQuery: query,
    headers: byName(
      rawHeaders.map(([name, value]) => [name.toLowerCase(), value]),
      (values) => values.join(', '),
    ),
    rawHeaders,
    ...(text === null ? { body: null, bodyBase64: bytes.toString('base64') } : { body: text }),
  })
  const data = text === null ? formData(reader) : (formData(reader) ?? text.replace(/^\ufeff/, ''))
  return { input, data, size: bytes.length, textType: inUtf8(content.contentType, from) }
}

function inUtf8(contentType: string, decodedFrom: readonly string[]): string | null {
  const charset = decodedFrom.at(-1)
  const inType = /charset\s*=\s*"?([^";\s]+)"?/i.exec(contentType)
  return inType && inType[1]!.toLowerCase() === charset
    ? contentType.replace(inType[0], 'charset=utf-8')
    : null
}

function byName(pairs: [string, string][], join: (values: string[]) => unknown): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, values] of grouped(pairs)) object[name] = join(values)
  return object
}

/** Returns a form as JSON: fields are texts, repeated fields are lists of texts. A JSON field `payload` is parsed. */
function formData(reader: BodyReader): string | null {
  const fields = reader.form()
  if (!fields) return null
  const members = [...fields].map(([name, values]) => {
    const [value] = values
    const isJson =
      name === 'payload' && values.length === 1 && /^\s*[{[]/.test(value!) && scanJson(value!, pathNode())
    return `${JSON.stringify(name)}:${isJson ? value! : JSON.stringify(values.length > 1 ? values : value)}`
  })
  return `{${members.join(',')}}`
}
