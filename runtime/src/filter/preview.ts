import { BigInteger, JsonPart, membersOf, valueAt, type BodyValue } from '../content/json-values.js'

const charsMax = 500
const membersMax = 5
const depthMax = 3

/** Returns the start of a found value as JSON for display. Bounded, so that a 20 MB body costs as little as a small one. */
export function preview(value: BodyValue | readonly BodyValue[] | undefined): string {
  if (value === undefined) return 'nothing'
  if (value instanceof BigInteger) return cut(value.digits)
  return cut(JSON.stringify(pruned(value, depthMax)))
}

/** Returns the start of a part of a filter as JSON for display. */
export const previewNode = (node: unknown): string => {
  const text = JSON.stringify(node)
  return preview(new JsonPart(text, { start: 0, end: text.length }))
}

const cut = (text: string) => (text.length > charsMax ? `${text.slice(0, charsMax)}…` : text)

function pruned(value: BodyValue | readonly BodyValue[], depth: number): unknown {
  if (value instanceof BigInteger) return cut(value.digits)
  if (typeof value === 'string') return cut(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (!(value instanceof JsonPart)) {
    const first = value.slice(0, membersMax).map((member) => pruned(member, depth - 1))
    return value.length > membersMax ? [...first, '…'] : first
  }
  const [...members] = membersOf(value, membersMax + 1)
  const first = members
    .slice(0, membersMax)
    .map(({ name, span }) => [name, pruned(valueAt(value.text, span), depth - 1)] as const)
  const isCut = members.length > membersMax
  if (value.isArray) return [...first.map(([, member]) => member), ...(isCut ? ['…'] : [])]
  const copy: Record<string, unknown> = Object.create(null)
  for (const [name, member] of first) copy[name!.slice(0, charsMax)] = member
  if (isCut) copy['…'] = '…'
  return copy
}
