const charsMax = 2000

/**
 * Returns the first `charsMax` characters of a value as JSON; undefined for an undefined value. Each level of nesting adds a
 * character, so the recursion is at most `charsMax` deep. JSON.stringify overflows the stack at a few thousand levels.
 */
export function jsonPrefix(value: unknown): string | undefined {
  if (value === undefined) return undefined
  let text = ''
  const isFull = () => text.length > charsMax

  function write(part: unknown): void {
    if (typeof part === 'string') text += JSON.stringify(part.slice(0, charsMax + 1))
    else if (typeof part !== 'object' || part === null) text += JSON.stringify(part)
    else if (Array.isArray(part)) writeMembers('[', part.length, (at) => write(part[at]), ']')
    else {
      const object = part as Record<string, unknown>
      const keys = Object.keys(object)
      const member = (at: number) => {
        text += `${JSON.stringify(keys[at]!.slice(0, charsMax + 1))}:`
        write(object[keys[at]!])
      }
      writeMembers('{', keys.length, member, '}')
    }
  }
  function writeMembers(open: string, count: number, member: (at: number) => void, close: string): void {
    text += open
    for (let at = 0; at < count && !isFull(); at++) {
      if (at > 0) text += ','
      member(at)
    }
    text += close
  }

  write(value)
  return isFull() ? `${text.slice(0, charsMax)}…` : text
}
