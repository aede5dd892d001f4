/** Returns the lines of `hexdump -C`: `00000010  7b 22 61 22 ...  {"a"...`. hexdump writes 16 bytes per line. */
export function hexLines(bytes: Uint8Array, perLine = 16): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += perLine) {
    const row = [...bytes.subarray(at, at + perLine)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(perLine * 3 - 1)}  ${text}`)
  }
  return lines
}
