import { isUtf8 } from 'node:buffer'
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { limits } from '@whook/shared/limits'

export interface Content {
  body: Buffer
  contentType: string
  contentEncoding: string
}

export interface DecodedContent {
  /** The body without its content encoding; the original body when it has no encoding or cannot be decoded. */
  bytes: Buffer
  /** null when the bytes are not text in UTF-8 or in the charset of the content type. */
  text: string | null
  /** Decoded encodings and charset, such as ["gzip", "iso-8859-1"]. */
  from: string[]
}

/** Real senders apply one encoding. More would let a sender cause extra work. */
const encodingsMax = 2

/**
 * Returns the body decompressed and decoded from its charset. Only for reading: Whook stores, signs and delivers the
 * original bytes. A body of more than `decodedBodyBytesMax` after decompression is returned without decompression.
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
  // The header lists encodings in the order of application (RFC 9110, 8.4): decode from the last.
  let bytes: Buffer | undefined = body
  for (const name of encodings.toReversed()) {
    bytes = bytes && decoders[name]?.(bytes)
  }
  return bytes
}

/** Decodes the readable part of a truncated body. */
const zlibOptions = { maxOutputLength: limits.decodedBodyBytesMax, finishFlush: constants.Z_SYNC_FLUSH }
const brotliOptions = {
  maxOutputLength: limits.decodedBodyBytesMax,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
}

const decoders: Record<string, (bytes: Buffer) => Buffer | undefined> = {
  gzip: orNothing((bytes) => gunzipSync(bytes, zlibOptions)),
  'x-gzip': orNothing((bytes) => gunzipSync(bytes, zlibOptions)),
  // RFC 9110 requires the zlib header, but some senders omit it.
  deflate: orNothing((bytes) =>
    (bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, zlibOptions) : inflateRawSync(bytes, zlibOptions),
  ),
  br: orNothing((bytes) => brotliDecompressSync(bytes, brotliOptions)),
}

/** Some proxies decompress a body but keep its header: a body that cannot be decompressed is read unchanged. */
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

/** Charsets whose bytes may be valid UTF-8 with another meaning. */
const unlikeUtf8 = /^(?:utf-?16|unicode|ucs-2|iso-10646-ucs-2|iso-2022|csiso2022)/

/** Reads valid UTF-8 as UTF-8 for every other charset: JSON is always UTF-8, and servers add charsets by default. */
function decodeText(bytes: Buffer, charset: string): { text: string; charset?: string } | undefined {
  if (!unlikeUtf8.test(charset) && isUtf8(bytes)) return { text: bytes.toString('utf8') }
  try {
    const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true })
    if (decoder.encoding === 'utf-8') return undefined
    return { text: decoder.decode(bytes), charset }
  } catch {
    // An unknown charset, or bytes that are invalid in it.
    return undefined
  }
}
