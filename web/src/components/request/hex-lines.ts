/** `00000010  7b 22 61 22 ...  {"a"...`: sixteen bytes a line, as hexdump -C writes them. */
export function hexLines(bytes: Uint8Array, linesMax = 4096): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length && lines.length < linesMax; at += 16) {
    const row = [...bytes.subarray(at, at + 16)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`)
  }
  return lines
}
