const decode = (part: string) =>
  new TextDecoder().decode(
    Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)),
  )

/** Returns a JWT or a Basic credential as readable text; undefined for other values. Verifies no signature. */
export function decodeCredential(name: string, value: string): string | undefined {
  try {
    const jwt = value
      .split(/[^\w.-]+/)
      .map((word) => word.split('.'))
      .find((parts) => parts.length >= 3 && parts[0]!.startsWith('eyJ') && parts[1]!.startsWith('eyJ'))
    if (jwt)
      return [jwt[0]!, jwt[1]!].map((part) => JSON.stringify(JSON.parse(decode(part)), null, 2)).join('\n')
    const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(value)
    return basic && name.toLowerCase().includes('authorization') ? decode(basic[1]!) : undefined
  } catch {
    // The value only looks like a credential.
    return undefined
  }
}
