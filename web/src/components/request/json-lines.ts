export interface JsonLine {
  depth: number
  key: string | null
  /** Place among its siblings. */
  index: number
  /** The scalar as JSON, the opening bracket, or both brackets of what is empty. */
  text: string
  kind: 'string' | 'number' | 'boolean' | 'null' | 'empty' | 'open' | 'close'
  /** Index of the line that opens what holds this one; -1 for the root. */
  parent: number
  /** Index of the closing line, for `open`; of the opening one, for `close`. */
  end: number
  /** Members inside, for `open`. */
  count: number
}

/** A JSON value as the lines a tree shows; iterative, so that depth cannot overflow the stack. */
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

/** JSON path of a line, such as $.data[0].id; made when it is asked for, because a path a line would outweigh the lines. */
export function pathOf(lines: readonly JsonLine[], at: number): string {
  const steps: string[] = []
  const start = lines[at]?.kind === 'close' ? lines[at]!.end : at
  for (let line = lines[start]; line && line.parent >= 0; line = lines[line.parent]) {
    steps.push(line.key === null ? `[${line.index}]` : step(line.key))
  }
  return `$${steps.reverse().join('')}`
}

const step = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)
