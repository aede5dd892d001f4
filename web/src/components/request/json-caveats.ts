export interface Caveats {
  /** A number has more digits than a double keeps. */
  digits: boolean
  /** A key appears twice in one object. The tree keeps the last. */
  duplicates: boolean
  /** The tree shows keys that look like array indexes first; the text has them elsewhere. */
  order: boolean
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g
const index = /^(?:0|[1-9]\d{0,9})$/

/** Returns the parts of a valid JSON text that its parsed value does not keep. One pass, without recursion. */
export function jsonCaveats(text: string): Caveats {
  const found: Caveats = { digits: false, duplicates: false, order: false }
  const stack: ({ names: Set<string>; last: string | undefined } | null)[] = []
  let before = ''
  for (const [part] of text.matchAll(token)) {
    const object = stack.at(-1)
    if (part === '{') stack.push({ names: new Set(), last: undefined })
    else if (part === '[') stack.push(null)
    else if (part === '}' || part === ']') stack.pop()
    else if (part.startsWith('"') && object && (before === '{' || before === ',')) {
      const name = part.includes('\\') ? (JSON.parse(part) as string) : part.slice(1, -1)
      if (object.names.has(name)) found.duplicates = true
      if (object.last !== undefined && movesUp(name, object.last)) found.order = true
      object.names.add(name)
      object.last = name
    } else if (/^[-\d]/.test(part) && losesDigits(part)) found.digits = true
    before = part
  }
  return found
}

const movesUp = (name: string, last: string) =>
  index.test(name) && (!index.test(last) || Number(last) > Number(name))

const losesDigits = (digits: string) =>
  digits.replace(/\D/g, '').length > 15 && plain(digits) !== plain(String(Number(digits)))

/** Removes zeros at the end of a fraction. A loop, because a regular expression takes quadratic time on many zeros. */
function plain(digits: string): string {
  if (!/^[^eE]*\.[^eE]*$/.test(digits)) return digits
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, digits[end - 1] === '.' ? end - 1 : end)
}

/** Returns a sentence for the line above the tree; undefined when the tree is exact. */
export function caveatWords({ digits, duplicates, order }: Caveats): string | undefined {
  const words = [
    digits && 'a number has more digits than the tree can show',
    duplicates && 'a key appears twice in an object and only the last is shown',
    order && 'numeric keys are shown first',
  ].filter(Boolean)
  return words.length > 0
    ? `The tree is not exact: ${words.join('; ')}. See Text for the exact body.`
    : undefined
}
