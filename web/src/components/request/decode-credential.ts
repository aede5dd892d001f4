const decode = (part: string) =>
  new TextDecoder().decode(
    Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)),
  )

/** What a JWT or a Basic credential says, for people; undefined when the value is neither. Nothing is verified. */
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
    // It only looked like one.
    return undefined
  }
}
