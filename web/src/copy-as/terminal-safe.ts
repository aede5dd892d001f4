/**
 * What a terminal acts on when it is pasted, quotes or not: control characters (Ctrl-C ends the line, DEL removes the quote
 * before it) and C1 controls. Marks of direction hide what a command does. A line feed inside quotes is harmless.
 */
const unsafe = String.raw`\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069`
const anyUnsafe = new RegExp(`[${unsafe}]`)
const eachUnsafe = new RegExp(`[${unsafe}]`, 'g')

export const isTerminalSafe = (text: string) => !anyUnsafe.test(text)

/** A string as JSON, which is JavaScript too, with everything escaped that a terminal would act on. */
export const literal = (value: unknown, indent?: number) =>
  JSON.stringify(value, null, indent).replace(
    eachUnsafe,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
