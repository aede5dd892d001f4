/** Deeper texts are returned unchanged: their indents would be longer than the text. */
const depthMax = 100
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * Returns JSON text with one member per line; returns other text unchanged. Numbers keep their digits: JSON.parse and
 * JSON.stringify would change 12345678901234567890 to 12345678901234567000.
 */
export function prettyJson(text: string): string {
  try {
    JSON.parse(text)
  } catch {
    // Not JSON.
    return text
  }
  const parts: string[] = []
  const found = text.match(tokens) ?? []
  let depth = 0
  const newLine = () => `\n${'  '.repeat(depth)}`
  for (let at = 0; at < found.length; at++) {
    const token = found[at]!
    if (token === '{' || token === '[') {
      const next = found[at + 1]!
      if (next === '}' || next === ']') parts.push(token + found[++at]!)
      else if (++depth > depthMax) return text
      else parts.push(token, newLine())
    } else if (token === '}' || token === ']') {
      depth--
      parts.push(newLine(), token)
    } else if (token === ',') parts.push(token, newLine())
    else if (token === ':') parts.push(': ')
    // One spelling for each string, so that a diff does not show different escapes of the same character.
    else parts.push(token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token)
  }
  return parts.join('')
}
