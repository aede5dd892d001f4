export interface JsonLine {
  depth: number
  key: string | null
  /** The scalar as JSON, or the opening bracket. */
  text: string
  kind: 'string' | 'number' | 'boolean' | 'null' | 'open' | 'close'
  /** JSON path, such as $.data[0].id */
  path: string
  /** Index of the closing line, for `open`. */
  end: number
  /** Members inside, for `open`. */
  count: number
}

/** A JSON value as the lines a tree shows; iterative, so that depth cannot overflow the stack. */
export function jsonLines(root: unknown): JsonLine[] {
  const lines: JsonLine[] = []
  type Task = { value: unknown; key: string | null; path: string; depth: number } | { close: number }
  const stack: Task[] = [{ value: root, key: null, path: '$', depth: 0 }]
  while (stack.length > 0) {
    const task = stack.pop()!
    if ('close' in task) {
      const open = lines[task.close]!
      open.end = lines.length
      lines.push({ ...open, key: null, text: open.text === '[' ? ']' : '}', kind: 'close', end: 0 })
      continue
    }
    const { value, key, path, depth } = task
    const line = { depth, key, path, end: 0, count: 0 }
    if (value === null || typeof value !== 'object') {
      lines.push({
        ...line,
        text: JSON.stringify(value),
        kind: value === null ? 'null' : (typeof value as 'string'),
      })
      continue
    }
    const isArray = Array.isArray(value)
    const members = Object.entries(value)
    stack.push({ close: lines.length })
    lines.push({ ...line, text: isArray ? '[' : '{', kind: 'open', count: members.length })
    for (const [name, member] of members.reverse()) {
      stack.push({
        value: member,
        key: isArray ? null : name,
        path: path + (isArray ? `[${name}]` : step(name)),
        depth: depth + 1,
      })
    }
  }
  return lines
}

const step = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)

/** True when parsing changed a number: its digits do not survive the way through a double. */
export function losesDigits(text: string): boolean {
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g) ?? []
  return numbers.some(
    (digits) => digits.replace(/\D/g, '').length > 15 && plain(digits) !== plain(String(Number(digits))),
  )
}
const plain = (digits: string) => digits.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
