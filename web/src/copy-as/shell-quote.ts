import { isTerminalSafe } from './terminal-safe.js'

/** Quotes text for a shell. In single quotes only a single quote needs an escape (POSIX shell, 2.2.2). */
export const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * Quotes text in which each character is one byte. Valid UTF-8 that is safe to paste is written as text. Other bytes
 * are written by printf.
 */
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
    // The bytes are not UTF-8, so they cannot be pasted into a terminal.
    return undefined
  }
}

/** Linux limits one argument of a program to 128 KiB. The shell's own printf has a higher limit. */
const argumentCharsMax = 30_000

/** Returns a command line that pipes the body to `command`, for bytes and text that do not fit into an argument. */
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
