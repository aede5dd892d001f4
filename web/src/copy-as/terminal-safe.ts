/**
 * Characters that a terminal interprets on paste, even in quotes: control characters (Ctrl-C ends the line, DEL removes
 * the quote before it) and C1 controls. Direction marks can hide the effect of a command. A line feed in quotes is
 * harmless.
 */
const unsafe = String.raw`\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069`
const anyUnsafe = new RegExp(`[${unsafe}]`)
const eachUnsafe = new RegExp(`[${unsafe}]`, 'g')

export const isTerminalSafe = (text: string) => !anyUnsafe.test(text)

/** Returns the value as JSON, which is also JavaScript. Characters that a terminal interprets are escaped. */
export const literal = (value: unknown, indent?: number) =>
  JSON.stringify(value, null, indent).replace(
    eachUnsafe,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
