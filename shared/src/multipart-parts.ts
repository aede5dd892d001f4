export interface Part {
  name: string | null
  filename: string | null
  contentType: string | null
  bytes: Uint8Array
}

const partsMax = 1000
const latin1 = new TextDecoder('latin1')
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Returns the complete parts of a multipart body (RFC 2046, 5.1; RFC 7578), or undefined for another type. */
export function multipartParts(contentType: string | null, bytes: Uint8Array): Part[] | undefined {
  const boundary = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '')
  if (!boundary) return undefined
  // One character for each byte, so that an index into the text is an index into the bytes.
  const text = latin1.decode(bytes)
  const delimiter = `--${boundary[1] ?? boundary[2]}`
  const parts: Part[] = []
  let at = text.indexOf(delimiter)
  while (at >= 0 && parts.length < partsMax) {
    const start = at + delimiter.length
    if (text.startsWith('--', start)) break
    const next = text.indexOf(`\r\n${delimiter}`, start)
    const headEnd = text.indexOf('\r\n\r\n', start)
    if (next < 0 || headEnd < 0 || headEnd > next) break
    parts.push(readPart(headText(bytes.subarray(start, headEnd)), bytes.subarray(headEnd + 4, next)))
    at = next + 2
  }
  return parts
}

/** Names are UTF-8 (RFC 7578, 5.1), or Latin-1 from old senders. */
function headText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    // Not UTF-8: every byte is a Latin-1 character.
    return latin1.decode(bytes)
  }
}

function readPart(head: string, bytes: Uint8Array): Part {
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? null
  const parameters = parametersOf(header('content-disposition') ?? '')
  return {
    name: parameters.get('name') ?? null,
    filename: parameters.get('filename') ?? null,
    contentType: header('content-type'),
    bytes,
  }
}

/** A quoted string or a token (RFC 2183, 2; RFC 2045, 5.1): many senders omit the quotes. */
const parameter = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g

/** Returns the parameters by lower-case name. The first of repeated names counts. */
function parametersOf(disposition: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', quoted, token = ''] of disposition.matchAll(parameter)) {
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, quoted ?? token)
  }
  return found
}
