const shownBytesMax = 5 * 1024 * 1024

/** Returns a data: URL of an image, or undefined when the bytes are not an image. An <img> cannot run scripts. */
export function imageUrl(contentType: string | null, bytes: Uint8Array): string | undefined {
  const type = /^image\/[\w.+-]+/.exec(contentType ?? '')?.[0]
  if (!type || bytes.length === 0 || bytes.length > shownBytesMax) return undefined
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return `data:${type};base64,${btoa(text)}`
}

/** Returns the text, or undefined when the bytes are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Not UTF-8.
    return undefined
  }
}
