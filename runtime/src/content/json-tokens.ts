const [quote, backslash] = [0x22, 0x5c] as const

/** Returns the index after the closing quote of the string that starts at `at`; -1 when it is not a JSON string. */
export function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) return i + 1
    if (code < 0x20) return -1
    if (code !== backslash) continue
    const escaped = text.charCodeAt(++i)
    if (escaped === 0x75) {
      if (!isHex(text, i + 1)) return -1
      i += 4
    } else if (!isEscape(escaped)) return -1
  }
  return -1
}

/** One of " \ / b f n r t */
const isEscape = (code: number) =>
  code === quote ||
  code === backslash ||
  code === 0x2f ||
  code === 0x62 ||
  code === 0x66 ||
  code === 0x6e ||
  code === 0x72 ||
  code === 0x74

function isHex(text: string, at: number): boolean {
  for (let i = at; i < at + 4; i++) {
    const code = text.charCodeAt(i) | 0x20
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false
  }
  return true
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

/** Returns the index after a number, true, false or null; -1 for other tokens. */
export function endOfScalar(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === 0x74) return text.startsWith('true', at) ? at + 4 : -1
  if (code === 0x66) return text.startsWith('false', at) ? at + 5 : -1
  if (code === 0x6e) return text.startsWith('null', at) ? at + 4 : -1
  return endOfNumber(text, at)
}

/** Returns the index after a number (RFC 8259, 6), or -1. */
export function endOfNumber(text: string, start: number): number {
  let at = start
  let code = text.charCodeAt(at)
  if (code === 0x2d) code = text.charCodeAt(++at)
  if (!isDigit(code)) return -1
  const leadingZero = code === 0x30
  code = text.charCodeAt(++at)
  if (!leadingZero) while (isDigit(code)) code = text.charCodeAt(++at)
  if (code === 0x2e) {
    code = text.charCodeAt(++at)
    if (!isDigit(code)) return -1
    while (isDigit(code)) code = text.charCodeAt(++at)
  }
  if ((code | 0x20) !== 0x65) return at
  code = text.charCodeAt(++at)
  if (code === 0x2b || code === 0x2d) code = text.charCodeAt(++at)
  if (!isDigit(code)) return -1
  while (isDigit(code)) code = text.charCodeAt(++at)
  return at
}

/** Returns the index after the array or object that starts at `at`. Counts only brackets; a cut text ends it. */
export function endOfContainer(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) {
      i++
      for (let inside = text.charCodeAt(i); inside !== quote && i < text.length; inside = text.charCodeAt(i))
        i += inside === backslash ? 2 : 1
    } else if (code === 0x7b || code === 0x5b) depth++
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return i + 1
  }
  return text.length
}
