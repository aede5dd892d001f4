import { sendable, type CopiedRequest } from './call.js'
import { literal } from './terminal-safe.js'

/** Returns JavaScript that sends the same request again, in Node and browsers. fetch joins repeated headers. */
export function toFetch(call: CopiedRequest): string {
  const { method, url, text, base64 } = call
  const options: string[] = [`  method: ${literal(method)},`]
  const pairs = sendable(call)
  if (pairs.length > 0) {
    options.push('  headers: [', ...pairs.map((pair) => `    ${literal(pair)},`), '  ],')
  }
  if (text || base64) {
    if (/^(GET|HEAD)$/.test(method))
      options.push(`  // The request had a body. fetch cannot send a body with ${method}.`)
    else options.push(`  body: ${bytes(call)},`)
  }
  return `await fetch(${literal(url)}, {\n${options.join('\n')}\n})`
}

/** Text is encoded if the request had no content type: fetch would add a content type to a string. */
function bytes({ text, base64, headers }: CopiedRequest): string {
  if (base64) return `Uint8Array.from(atob(${literal(base64)}), (char) => char.charCodeAt(0))`
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  return hasType ? literal(text) : `new TextEncoder().encode(${literal(text)})`
}
