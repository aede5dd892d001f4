/**
 * Yields the members with string values from the last `charsMax` characters of a JSON object, the last member first.
 * Reads backwards from the closing brace and skips over strings. The quote that opens a string is the nearest earlier
 * quote that is not escaped. Text that is not JSON yields wrong members or none, and throws nothing.
 */
export function* lastMembers(text: string, charsMax: number): Generator<[name: string, value: string]> {
  const floor = Math.max(0, text.length - charsMax)
  let at = text.length - 1
  while (at >= floor && /\s/.test(text[at]!)) at--
  if (text[at] !== '}') return
  let depth = 0
  let value: string | undefined
  let isName = false

  for (at--; at >= floor; at--) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      const start = openingQuote(text, at, floor)
      if (start < 0) return
      if (depth === 0) {
        const token = unquoted(text.slice(start, at + 1))
        if (isName && token !== undefined && value !== undefined) yield [token, value]
        value = isName ? undefined : token
        isName = false
      }
      at = start
    } else if (code === 0x7d || code === 0x5d) {
      depth++
      value = undefined
    } else if (code === 0x7b || code === 0x5b) {
      if (--depth < 0) return
    } else if (depth === 0 && code === 0x3a) isName = true
    else if (depth === 0 && code === 0x2c) {
      value = undefined
      isName = false
    }
  }
}

function openingQuote(text: string, closing: number, floor: number): number {
  for (let at = closing - 1; at >= floor; at--) {
    if (text.charCodeAt(at) !== 0x22) continue
    let before = at
    while (before > floor && text.charCodeAt(before - 1) === 0x5c) before--
    if ((at - before) % 2 === 0) return at
    at = before
  }
  return -1
}

function unquoted(token: string): string | undefined {
  try {
    return JSON.parse(token) as string
  } catch {
    // The string is cut off, or the text is not JSON.
    return undefined
  }
}
