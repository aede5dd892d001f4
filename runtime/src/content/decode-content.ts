import { isUtf8 } from 'node:buffer'
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { limits } from '@whook/shared/limits'

export interface Content {
  body: Buffer
  contentType: string
  contentEncoding: string
}

export interface DecodedContent {
  /** The body without its content encoding; the body itself when it has none, or cannot be decoded. */
  bytes: Buffer
  /** null when the bytes are text neither in UTF-8 nor in the charset of the content type. */
  text: string | null
  /** What was undone, such as ["gzip", "iso-8859-1"]. */
  from: string[]
}

/** Real senders apply one. Each further one is work that a sender could order. */
const encodingsMax = 2

/**
 * The body as a reader needs it: decompressed, and decoded from its charset. Only for reading: what is stored, signed and
 * delivered are the bytes as they came. At most `decodedBodyBytesMax` are decompressed; a body that would be larger is
 * read as it came.
 */
export function decodeContent({ body, contentType, contentEncoding }: Content): DecodedContent {
  const encodings = contentEncoding
    .toLowerCase()
    .split(',', encodingsMax + 1)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const bytes = encodings.length > 0 ? decompress(body, encodings) : undefined
  const charset = charsetOf(contentType)
  const decoded = decodeText(bytes ?? body, charset)
  return {
    bytes: bytes ?? body,
    text: decoded?.text ?? null,
    from: [...(bytes ? encodings : []), ...(decoded?.charset ? [decoded.charset] : [])],
  }
}

function decompress(body: Buffer, encodings: readonly string[]): Buffer | undefined {
  if (encodings.length > encodingsMax) return undefined
  // Applied in the order named (RFC 9110, 8.4): undone from the last.
  let bytes: Buffer | undefined = body
  for (const name of encodings.toReversed()) {
    bytes = bytes && decoders[name]?.(bytes)
  }
  return bytes
}

/** A body that was stored in part gives the part that can be read. */
const zlibOptions = { maxOutputLength: limits.decodedBodyBytesMax, finishFlush: constants.Z_SYNC_FLUSH }
const brotliOptions = {
  maxOutputLength: limits.decodedBodyBytesMax,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
}

const decoders: Record<string, (bytes: Buffer) => Buffer | undefined> = {
  gzip: orNothing((bytes) => gunzipSync(bytes, zlibOptions)),
  'x-gzip': orNothing((bytes) => gunzipSync(bytes, zlibOptions)),
  // With the header of zlib, as RFC 9110 says, or without, as some senders do.
  deflate: orNothing((bytes) =>
    (bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, zlibOptions) : inflateRawSync(bytes, zlibOptions),
  ),
  br: orNothing((bytes) => brotliDecompressSync(bytes, brotliOptions)),
}

/** Some proxies decompress a body and leave its header: what cannot be decompressed is read as it came. */
function orNothing(decode: (bytes: Buffer) => Buffer) {
  return (bytes: Buffer): Buffer | undefined => {
    try {
      return decode(bytes)
    } catch {
      return undefined
    }
  }
}

const charsetOf = (contentType: string) =>
  /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8'

/** Charsets of which some bytes are valid UTF-8 with another meaning. */
const unlikeUtf8 = /^(?:utf-?16|unicode|ucs-2|iso-10646-ucs-2|iso-2022|csiso2022)/

/** Valid UTF-8 is read as such whatever its charset claims: JSON is always UTF-8, and servers add charsets by default. */
function decodeText(bytes: Buffer, charset: string): { text: string; charset?: string } | undefined {
  if (!unlikeUtf8.test(charset) && isUtf8(bytes)) return { text: bytes.toString('utf8') }
  try {
    const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true })
    if (decoder.encoding === 'utf-8') return undefined
    return { text: decoder.decode(bytes), charset }
  } catch {
    // An unknown charset, or other bytes than it has.
    return undefined
  }
}
