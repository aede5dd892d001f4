export interface JsonLine {
  depth: number
  key: string | null
  /** Place among its siblings. */
  index: number
  /** The scalar as JSON, the bracket, or both brackets of an empty object or array. */
  text: string
  kind: 'string' | 'number' | 'boolean' | 'null' | 'empty' | 'open' | 'close'
  /** Index of the opening line of the parent; -1 for the root. */
  parent: number
  /** Index of the closing line for `open`; of the opening line for `close`. */
  end: number
  /** Number of members, for `open`. */
  count: number
}

/** Returns the lines of the tree of a JSON value. Iterative: deep values cannot overflow the stack. */
export function jsonLines(root: unknown): JsonLine[] {
  const lines: JsonLine[] = []
  type Task =
    { value: unknown; key: string | null; index: number; parent: number; depth: number } | { close: number }
  const stack: Task[] = [{ value: root, key: null, index: -1, parent: -1, depth: 0 }]
  while (stack.length > 0) {
    const task = stack.pop()!
    if ('close' in task) {
      const open = lines[task.close]!
      open.end = lines.length
      lines.push({ ...open, key: null, text: open.text === '[' ? ']' : '}', kind: 'close', end: task.close })
      continue
    }
    const { value, key, index, parent, depth } = task
    const line = { depth, key, index, parent, end: 0, count: 0 }
    if (value === null || typeof value !== 'object') {
      lines.push({
        ...line,
        text: JSON.stringify(value),
        kind: value === null ? 'null' : (typeof value as 'string'),
      })
      continue
    }
    const isArray = Array.isArray(value)
    const members: [string | null, unknown][] = isArray
      ? value.map((member) => [null, member])
      : Object.entries(value)
    if (members.length === 0) {
      lines.push({ ...line, text: isArray ? '[]' : '{}', kind: 'empty' })
      continue
    }
    const own = lines.length
    stack.push({ close: own })
    lines.push({ ...line, text: isArray ? '[' : '{', kind: 'open', count: members.length })
    for (let at = members.length - 1; at >= 0; at--) {
      const [name, member] = members[at]!
      stack.push({ value: member, key: name, index: at, parent: own, depth: depth + 1 })
    }
  }
  return lines
}

/** Returns the JSON path of a line, such as $.data[0].id. Not stored in the lines: paths need more memory than lines. */
export function pathOf(lines: readonly JsonLine[], at: number): string {
  const steps: string[] = []
  const start = lines[at]?.kind === 'close' ? lines[at]!.end : at
  for (let line = lines[start]; line && line.parent >= 0; line = lines[line.parent]) {
    steps.push(line.key === null ? `[${line.index}]` : step(line.key))
  }
  return `$${steps.reverse().join('')}`
}

const step = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)
