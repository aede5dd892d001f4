/** Single quotes keep everything as it is but themselves (POSIX shell, 2.2.2). */
export const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** Text whose characters are bytes: written as UTF-8 where they are that, else made by printf. */
export function quoteBytes(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return quote(text)
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
  try {
    return quote(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    // Bytes that are no UTF-8, which a terminal could not be given.
    const escaped = Array.from(bytes, (byte) =>
      byte > 0x7e || /[%\\']/.test(String.fromCharCode(byte))
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte),
    )
    return `"$(printf '${escaped.join('').replaceAll('\\045', '%%')}')"`
  }
}

/** One argument of a program holds 128 KiB on Linux; what a shell prints itself holds more. */
const argumentCharsMax = 30_000

/** The body on the standard input of a command, for bytes and texts that no argument could carry. */
export const pipe = ({ text, base64 }: { text: string | null; base64: string | null }, command: string) =>
  base64
    ? `printf %s ${quote(base64)} | base64 -d | ${command}`
    : `printf %s ${quote(text ?? '')} | ${command}`

export const fitsArgument = (text: string | null): text is string =>
  text !== null && text.length <= argumentCharsMax
