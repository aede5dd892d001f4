export interface Part {
  name: string | null
  filename: string | null
  contentType: string | null
  bytes: Uint8Array
}

const partsMax = 1000
const decode = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

/** The parts of a multipart body (RFC 2046, 5.1; RFC 7578), or undefined when it is not one. What is cut off is left out. */
export function multipartParts(contentType: string | null, bytes: Uint8Array): Part[] | undefined {
  const boundary = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '')
  if (!boundary) return undefined
  const text = decode(bytes)
  const delimiter = `--${boundary[1] ?? boundary[2]}`
  const parts: Part[] = []
  let at = text.indexOf(delimiter)
  while (at >= 0 && parts.length < partsMax) {
    const start = at + delimiter.length
    if (text.startsWith('--', start)) break
    const next = text.indexOf(`\r\n${delimiter}`, start)
    const headEnd = text.indexOf('\r\n\r\n', start)
    if (next < 0 || headEnd < 0 || headEnd > next) break
    parts.push(readPart(text.slice(start, headEnd), bytes.subarray(headEnd + 4, next)))
    at = next + 2
  }
  return parts
}

function readPart(head: string, bytes: Uint8Array): Part {
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? null
  const disposition = header('content-disposition') ?? ''
  const parameter = (name: string) =>
    new RegExp(`[;\\s]${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition)?.[1] ?? null
  return {
    name: parameter('name'),
    filename: parameter('filename'),
    contentType: header('content-type'),
    bytes,
  }
}
