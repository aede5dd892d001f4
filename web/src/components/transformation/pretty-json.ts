/** Deeper texts stay as they are: their indents alone would be longer than the text. */
const depthMax = 100
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * JSON text with one member a line; other text stays as it is. Numbers keep their digits: parsed and written again,
 * 12345678901234567890 would be shown as 12345678901234567000.
 */
export function prettyJson(text: string): string {
  try {
    JSON.parse(text)
  } catch {
    // Not JSON: shown as it is.
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
    // One spelling for each string, so that a comparison shows no escapes that mean the same.
    else parts.push(token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token)
  }
  return parts.join('')
}
