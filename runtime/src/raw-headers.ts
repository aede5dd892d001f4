/**
 * Packs raw headers into one byte string, exactly as sent: `name:value` lines separated by LF. A name contains neither
 * colon nor LF, and a value contains no LF, so unpackHeaders is lossless. In Node each header byte is one Latin-1 code
 * unit.
 */
export function packHeaders(flat: readonly string[]): Buffer {
  let lines = ''
  for (let i = 0; i < flat.length; i += 2) lines += `${flat[i]}:${flat[i + 1]}\n`
  return Buffer.from(lines, 'latin1')
}

/** Returns ordered pairs. Values stay Latin-1 code units, one per byte. */
export function unpackHeaders(packed: Buffer): [string, string][] {
  return packed
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    })
}

/** Inverse of `displayHeaderValue`: returns one code unit per byte. */
export const headerValueToWire = (value: string): string => Buffer.from(value, 'utf8').toString('latin1')

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Returns a header value for display: its bytes as UTF-8 when valid, else as Latin-1. */
export function displayHeaderValue(value: string): string {
  try {
    return utf8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}
