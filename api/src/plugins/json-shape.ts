/** Limits of a JSON text: the number of values and the nesting depth. */
export interface JsonBounds {
  valuesMax: number
  depthMax: number
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBracket, openBrace, closeBracket, closeBrace] = [0x5b, 0x7b, 0x5d, 0x7d]

/**
 * Returns a message if a JSON text exceeds a limit, otherwise undefined. Counts brackets and commas outside strings in
 * one pass and stops at the limit. So the parser and the validator only see small structures: the validator lists every
 * fault. The parser rejects text that is not JSON.
 */
export function jsonShapeFault(text: string, { valuesMax, depthMax }: JsonBounds): string | undefined {
  let [values, depth] = [1, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === openBracket || code === openBrace) {
      values++
      if (++depth > depthMax) return `is nested deeper than ${depthMax} levels`
    } else if (code === closeBracket || code === closeBrace) depth--
    else if (code === comma) values++
    if (values > valuesMax) return `has more than ${valuesMax} values`
  }
  return undefined
}

/** Index of the closing quote; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    // A run of backslashes touches one quote, so each is counted once.
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}
