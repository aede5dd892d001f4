const charsMax = 2000

/**
 * The beginning of a value as JSON; undefined for what is not there. It stops at `charsMax`, and each level of nesting has a
 * character, so that neither size nor depth of a body matters: JSON.stringify overflows the stack at some thousand levels.
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
