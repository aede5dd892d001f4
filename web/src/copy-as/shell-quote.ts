import { isTerminalSafe } from './terminal-safe.js'

/** Single quotes keep everything as it is but themselves (POSIX shell, 2.2.2). */
export const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** Text whose characters are bytes: written as UTF-8 where they are that and safe to paste, else made by printf. */
export function quoteBytes(text: string): string {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
  const decoded = textOf(bytes)
  if (decoded !== undefined && isTerminalSafe(decoded)) return quote(decoded)
  const escaped = Array.from(bytes, (byte) =>
    byte > 0x7e || byte < 0x20 || /[%\\']/.test(String.fromCharCode(byte))
      ? `\\${byte.toString(8).padStart(3, '0')}`
      : String.fromCharCode(byte),
  )
  return `"$(printf '${escaped.join('').replaceAll('\\045', '%%')}')"`
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // Bytes that are not UTF-8: a terminal takes none of them.
    return undefined
  }
}

/** One argument of a program holds 128 KiB on Linux; what a shell prints itself holds more. */
const argumentCharsMax = 30_000

/** The body on the standard input of a command, for bytes and texts that no argument could carry. */
export function pipe(
  { text, base64 }: { text: string | null; base64: string | null },
  command: string,
): string {
  if (base64 === null && isTerminalSafe(text ?? '')) return `printf %s ${quote(text ?? '')} | ${command}`
  return `printf %s ${quote(base64 ?? toBase64(text ?? ''))} | base64 -d | ${command}`
}

export const fitsArgument = (text: string | null): text is string =>
  text !== null && text.length <= argumentCharsMax && isTerminalSafe(text)

function toBase64(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}
