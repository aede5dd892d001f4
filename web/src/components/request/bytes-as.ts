const shownBytesMax = 5 * 1024 * 1024

/** A data: address for an image, which can run nothing as an <img>; undefined for anything else. */
export function imageUrl(contentType: string | null, bytes: Uint8Array): string | undefined {
  const type = /^image\/[\w.+-]+/.exec(contentType ?? '')?.[0]
  if (!type || bytes.length === 0 || bytes.length > shownBytesMax) return undefined
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return `data:${type};base64,${btoa(text)}`
}

/** The text, when the bytes are valid UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Bytes of another kind.
    return undefined
  }
}
