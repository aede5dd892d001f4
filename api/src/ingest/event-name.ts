import type { VerificationProvider } from '@whook/shared'
import { Level } from '@whook/runtime/content/json-levels'
import { addPath, nodesOf, pathNode, type PathNode } from '@whook/runtime/content/json-paths'
import { glanceAtJson } from '@whook/runtime/content/scan-json'
import { displayHeaderValue } from '@whook/runtime/raw-headers'
import {
  eventFields,
  eventHeaders,
  formEventFields,
  headersWithAction,
  providerFields,
} from './event-fields.js'
import { lastMembers } from './last-members.js'

const eventCharsMax = 100
/** Only the start and the end of a body are scanned: the name is before or after the large parts. */
const headCharsMax = 64 * 1024
const tailCharsMax = 2048
const formFieldsMax = 100

interface EventSource {
  rawHeaders: readonly string[]
  /** undefined for bodies that are not text. */
  text: string | undefined
  contentType: string | null
  /** The provider of the webhook's verification. */
  provider?: VerificationProvider
}

/**
 * Returns the event name for the request list, from the provider's fields, a header, or the usual fields of a body. The
 * body is scanned, not parsed: 2 KB take about 10 us. The name is only displayed; nothing depends on it.
 */
export function eventName({ rawHeaders, text, contentType, provider }: EventSource): string | null {
  const field = text === undefined ? noFields : fieldsOf(text, contentType)
  const own = provider && providerFields[provider]
  const name = (own && firstOf(own, field)) ?? headerName(rawHeaders, field) ?? firstOf(eventFields, field)
  return name === undefined ? null : clean(name)
}

type ReadField = (path: string) => string | undefined
const noFields: ReadField = () => undefined

const firstOf = (paths: readonly string[], field: ReadField) => {
  for (const path of paths) {
    const found = field(path)
    if (found) return found
  }
  return undefined
}

const headerRanks = new Map(eventHeaders.map((name, rank) => [name, rank]))
const headerLengths = new Set(eventHeaders.map((name) => name.length))

function headerName(rawHeaders: readonly string[], field: ReadField): string | undefined {
  let best = Infinity
  let found: string | undefined
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const rank = headerLengths.has(name.length) ? headerRanks.get(name.toLowerCase()) : undefined
    if (rank === undefined || rank >= best || rawHeaders[i + 1] === '') continue
    best = rank
    found = rawHeaders[i + 1]!
  }
  if (found === undefined) return undefined
  const shown = displayHeaderValue(found)
  const action = headersWithAction.has(eventHeaders[best]!) ? field('action') : undefined
  return action ? `${shown}.${action}` : shown
}

function fieldsOf(text: string, contentType: string | null): ReadField {
  if (contentType && /^application\/x-www-form-urlencoded\b/i.test(contentType)) return formField(text)
  return jsonFields(text)
}

/** The tree of all paths, shared by all requests: each scan is synchronous and ends before the next one starts. */
const root = pathNode()
const paths = [...new Set([...eventFields, ...Object.values(providerFields).flat(), 'action'])]
const ends = new Map(paths.map((path) => [path, addPath(root, path.split('.'))]))
const level = new Level([root])
const nodes = nodesOf(root)

function jsonFields(text: string): ReadField {
  const first = text.charCodeAt(0)
  // Whitespace or a byte order mark may precede the brackets.
  if (first !== 0x7b && first !== 0x5b && !/^[\ufeff\s]/.test(text)) return noFields
  const head = text.length > headCharsMax ? text.slice(0, headCharsMax) : text
  glanceAtJson(head, level)
  const found = new Map<string, string>()
  for (const [path, end] of ends) {
    const value = end.found.length > 0 ? textOf(head, end) : undefined
    if (value !== undefined) found.set(path, value)
  }
  for (const node of nodes) {
    if (node.found.length > 0) node.found = []
    node.seenIn = 0
  }
  if (text.length > headCharsMax) {
    for (const [name, value] of lastMembers(text, tailCharsMax)) if (!found.has(name)) found.set(name, value)
  }
  return (path) => found.get(path)
}

function textOf(text: string, { found }: PathNode): string | undefined {
  const [span] = found
  return span && text.charCodeAt(span.start) === 0x22
    ? (JSON.parse(text.slice(span.start, span.end)) as string)
    : undefined
}

function formField(text: string): ReadField {
  const fields = new Map<string, string>()
  const wanted = new Set([...formEventFields, 'payload'])
  const head = text.slice(0, headCharsMax)
  let at = 0
  for (let left = formFieldsMax; left > 0 && at < head.length; left--) {
    const end = head.indexOf('&', at)
    const field = head.slice(at, end < 0 ? undefined : end)
    const equals = field.indexOf('=')
    const name = field.slice(0, Math.max(0, equals))
    if (wanted.has(name) && !fields.has(name)) fields.set(name, unescapeForm(field.slice(equals + 1)))
    if (end < 0) break
    at = end + 1
  }
  const payload = fields.get('payload')
  const inside = payload ? jsonFields(payload) : noFields
  return (path) =>
    inside(path) ?? (path === 'type' ? firstOf(formEventFields, (name) => fields.get(name)) : undefined)
}

const unescapeForm = (value: string) => new URLSearchParams(`v=${value}`).get('v') ?? ''

/** PostgreSQL text cannot contain NUL, and other control characters are not readable. */
// eslint-disable-next-line no-control-regex -- it removes control characters
const clean = (name: string) => name.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, eventCharsMax) || null
